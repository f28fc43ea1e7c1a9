/* Leaving at once: the page is hidden before the answer comes, and Esc pressed three times leaves too.
   Without this script the button still works. */
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
      event.preventDefault(); /* else the browser takes Esc as "stop loading" and stops the leaving */
      leave();
    }
  }

  if (form) {
    form.addEventListener("submit", hide);
    document.addEventListener("keydown", count);
  }
  /* A page that comes back from the browser's own memory is asked for again: by then nobody is signed in. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      hide();
      location.reload();
    }
  });
})();
