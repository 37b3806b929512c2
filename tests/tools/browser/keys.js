// Presses the keys of a page of `carom doc`, and notes in `data-keys` the first that does not do what it says.
addEventListener("load", function () {
  var body = document.body, input = document.getElementById("q"), results = document.getElementById("results");

  function press(key) {
    var target = document.activeElement || body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true, cancelable: true }));
  }
  function hold(what, is) {
    if (!is && !body.dataset.keys) body.dataset.keys = what;
  }
  function soon(then) { setTimeout(then, 300); }

  press("/");
  hold("/ goes to the search", document.activeElement === input);
  input.value = "S31";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  soon(function () {
    hold("results as one types", !results.hidden && results.querySelectorAll("li").length > 0);
    hold("the page makes room", document.getElementById("page").hidden);
    input.value = "S3150";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    soon(function () {
      var links = results.querySelectorAll("a");
      hold("the next letters search again", links.length > 0 && links[0].textContent === "outlook.block-list");
      hold("the address has the query", location.search === "?q=S3150");
      press("ArrowDown");
      hold("down goes to the first result", document.activeElement === links[0]);
      press("ArrowUp");
      hold("up goes back", document.activeElement === input);
      press("Escape");
      hold("escape leaves the search", results.hidden && input.value === "" && document.activeElement !== input);
      hold("the page is back", !document.getElementById("page").hidden && location.search === "");
      var root = document.documentElement, before = getComputedStyle(body).backgroundColor;
      document.getElementById("theme").click();
      hold("the other light", getComputedStyle(body).backgroundColor !== before && !!root.dataset.theme);
      document.getElementById("theme").click();
      hold("and back", getComputedStyle(body).backgroundColor === before);
      if (!body.dataset.keys) body.dataset.keys = "all";
    });
  });
});
