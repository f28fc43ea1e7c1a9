/* A security key answers the challenge of the page, and the answer goes with the form: no request of its own. */
(function () {
  "use strict";
  var place = document.getElementById("key");
  var form = place.querySelector("form");

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (one) {
      return one.charCodeAt(0);
    });
  }

  function text(buffer) {
    var letters = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked() {
    var challenge = bytes(place.dataset.challenge);
    if (!place.dataset.user) {
      return navigator.credentials.get({publicKey: {challenge: challenge, userVerification: "required"}});
    }
    return navigator.credentials.create({publicKey: {
      challenge: challenge,
      rp: {name: place.dataset.service},
      user: {id: new TextEncoder().encode(place.dataset.user), name: place.dataset.service, displayName: place.dataset.service},
      pubKeyCredParams: [{type: "public-key", alg: -8}, {type: "public-key", alg: -7}, {type: "public-key", alg: -257}],
      authenticatorSelection: {residentKey: "required", userVerification: "required"}
    }});
  }

  function send(key) {
    var said = key.response, found = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature"].forEach(function (name) {
      if (said[name]) {
        found[name] = text(said[name]);
      }
    });
    form.elements.answer.value = JSON.stringify({id: key.id, rawId: text(key.rawId), type: key.type, response: found});
    form.submit();
  }

  function failed() {
    document.getElementById("key-failed").hidden = false;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    document.getElementById("key-failed").hidden = true;
    (navigator.credentials ? asked() : Promise.reject()).then(send, failed);
  });
})();
