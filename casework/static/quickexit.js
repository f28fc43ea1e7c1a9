/* Leaving at once: the page is hidden before the answer comes; Esc three times leaves too. */
(function () {
  "use strict";
  var form = document.getElementById("exit");
  var presses = [];

  function hide() {
    document.documentElement.hidden = true;
    document.title = "\u00a0";
  }

  function leave() {
    hide();
    form.submit();
  }

  function count(event) {
    if (event.key !== "Escape") {
      return;
    }
    presses = presses.concat(event.timeStamp).slice(-3);
    if (presses.length === 3 && presses[2] - presses[0] < 2000) {
      presses = [];
      event.preventDefault(); /* else Esc stops the leaving */
      leave();
    }
  }

  if (form) {
    form.addEventListener("submit", hide);
    document.addEventListener("keydown", count);
  }
  /* An idle page goes; a form that was begun is kept first. */
  var used = Date.now(), begun = null;

  function use(event) {
    var place = event.target.form;
    used = Date.now();
    if (event.type === "input" && place && place.closest("main [method=post]")) {
      begun = place;
    }
  }

  function lock() {
    if (Date.now() - used < 905000) {
      return;
    }
    used = Date.now();
    hide();
    if (!begun) {
      return location.replace("/lock?back=" + encodeURIComponent(location.pathname + location.search));
    }
    var path = form.elements.csrf_token.cloneNode();
    path.name = "lock_path";
    path.value = begun.getAttribute("action");
    begun.appendChild(path);
    begun.setAttribute("action", "/lock/form");
    HTMLFormElement.prototype.submit.call(begun);
  }

  if (form && form.elements.csrf_token) {
    ["input", "keydown", "pointerdown", "scroll"].forEach(function (name) {
      document.addEventListener(name, use);
    });
    setInterval(lock, 5000);
  }
  /* A page out of the browser's own memory is asked for again. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      hide();
      location.reload();
    }
  });
})();
