"use strict";
// Light or dark is set before anything is shown.
(function () {
  var root = document.documentElement;
  function stored(value) {
    try {
      if (value === undefined) return localStorage.getItem("carom-theme");
      localStorage.setItem("carom-theme", value);
    } catch (error) { /* a browser that keeps nothing */ }
    return null;
  }
  var theme = stored();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  // ---- what is looked in ----

  var index = null, waiting = [];

  function load(then) {
    if (index) return then();
    waiting.push(then);
    if (waiting.length > 1) return;
    var script = document.createElement("script");
    script.src = "search.js";
    script.onload = function () {
      index = window.CAROM;
      index.rows = index.rows.map(function (row) {
        var reason = row[4] < 0 ? ["", ""] : index.reasons[row[4]];
        return {
          kind: row[0], title: row[1], page: row[2], category: row[3], reason: reason[0], advice: reason[1],
          say: row[5], texts: row[6], tags: row[7], enhanced: row[8],
          name: row[1].toLowerCase(),
          all: [row[1], row[3], reason[0], row[5], reason[1]].concat(row[6]).join("\n").toLowerCase()
        };
      });
      waiting.splice(0).forEach(function (each) { each(); });
    };
    document.head.appendChild(script);
  }

  // ---- searching ----

  function hasTag(row, word) {
    return row.tags.some(function (tag) {
      if (typeof tag === "string") return tag === word;
      if (word.indexOf(tag[0]) !== 0) return false;
      var rest = word.slice(tag[0].length);
      if (tag.length === 1) return tag[0].length > 1;
      return /^[0-9]{1,15}$/.test(rest) && Number(rest) >= tag[1] && Number(rest) <= tag[2];
    });
  }

  function hasEnhanced(row, word) {
    var parts = /^([245])\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(word);
    return parts !== null && row.enhanced.some(function (range) {
      return [1, 2, 3].every(function (n) {
        var part = Number(parts[n]);
        return part >= range[2 * n - 2] && part <= range[2 * n - 1];
      });
    });
  }

  // How well a word fits a row; 0 where it does not.
  function fit(row, word) {
    if (hasTag(row, word)) return 200;
    var isPage = row.kind === "profile" || row.kind === "reason";
    if (row.name === word) return isPage ? 160 : 140;
    if (row.name.split(".").pop() === word) return 120;
    if (row.name.indexOf(word) >= 0) return isPage ? 80 : 40;
    if (hasEnhanced(row, word)) return 30;
    var at = row.all.indexOf(word);
    if (at < 0) return 0;
    for (; at >= 0; at = row.all.indexOf(word, at + 1)) {
      var before = row.all[at - 1] || "\n", after = row.all[at + word.length] || "\n";
      if (!/[a-z0-9]/.test(before) && !/[a-z0-9]/.test(after)) return 20;
    }
    return 5;
  }

  function search(query) {
    var words = query.toLowerCase().split(/\s+/).map(function (word) {
      // What stands around a word in a reply is not looked for: (S3150). becomes s3150.
      return word.replace(/^[("'<\[]+|[)"'>\].,;:]+$/g, "") || word;
    }).filter(function (word, n, all) { return word && all.indexOf(word) === n; }).slice(0, 64);
    var fits = index.rows.map(function (row) { return words.map(function (word) { return fit(row, word); }); });
    // A rare word says more than one that every reply has.
    var weight = words.map(function (word, n) {
      var count = fits.filter(function (each) { return each[n] > 0; }).length;
      return count ? Math.log(1 + index.rows.length / count) : 0;
    });
    var found = [];
    index.rows.forEach(function (row, k) {
      var score = 0, missing = 0;
      words.forEach(function (word, n) {
        if (fits[k][n]) score += fits[k][n] * weight[n];
        else missing += 1;
      });
      if (score > 0) found.push({ row: row, score: score, missing: missing });
    });
    var whole = found.filter(function (each) { return each.missing === 0; });
    var near = whole.length === 0;
    if (near) {
      // Of a pasted reply most words must be there, as far as any rule knows them.
      var known = weight.filter(function (each) { return each > 0; }).length;
      whole = found.filter(function (each) { return words.length - each.missing >= Math.max(1, Math.ceil(known / 2)); });
    }
    whole.sort(function (a, b) { return b.score - a.score || (a.row.title < b.row.title ? -1 : 1); });
    return { words: words, near: near, found: whole };
  }

  // ---- showing ----

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  // A text with the words marked that were looked for.
  function marked(parent, text, words) {
    var low = text.toLowerCase(), at = 0;
    if (low.length !== text.length) { parent.append(text); return parent; }
    while (at < text.length) {
      var first = -1, length = 0;
      words.forEach(function (word) {
        var here = low.indexOf(word, at);
        if (here >= 0 && (first < 0 || here < first || (here === first && word.length > length))) {
          first = here;
          length = word.length;
        }
      });
      if (first < 0) break;
      parent.append(text.slice(at, first), element("mark", "", text.slice(first, first + length)));
      at = first + length;
    }
    parent.append(text.slice(at));
    return parent;
  }

  // The text that holds most of the words that title and sentence do not.
  function telling(row, words) {
    var shown = (row.name + "\n" + row.say + "\n" + row.advice).toLowerCase(), best = null, most = 0;
    row.texts.forEach(function (text) {
      var low = text.toLowerCase();
      var count = words.filter(function (word) { return shown.indexOf(word) < 0 && low.indexOf(word) >= 0; }).length;
      if (count > most) { most = count; best = text; }
    });
    return best;
  }

  var SHOWN = 40;

  function show(query) {
    var results = document.getElementById("results"), page = document.getElementById("page");
    if (!query.trim()) {
      results.hidden = true;
      page.hidden = false;
      results.textContent = "";
      return;
    }
    var answer = search(query);
    results.textContent = "";
    var count = answer.found.length;
    var said = count === 0 ? "Nothing has these words."
      : answer.near ? "No rule has all of these words. The nearest:"
      : count === 1 ? "1 result" : count + " results" + (count > SHOWN ? ", the best " + SHOWN : "");
    results.append(element("p", "soft", said));
    var list = element("ol", "found");
    answer.found.slice(0, SHOWN).forEach(function (each) {
      var row = each.row, item = element("li");
      var head = element("h2"), link = element("a");
      link.href = row.page;
      marked(link, row.title, answer.words);
      head.append(link);
      item.append(head);
      var line = element("p", "verdict");
      if (row.category) line.append(element("span", "category " + row.category, row.category), " ");
      line.append(element("span", "soft", row.kind === "rule" || row.kind === "override" || row.kind === "fallback"
        ? row.reason + (row.kind === "rule" ? "" : " · " + row.kind) : row.kind));
      item.append(line);
      if (row.say) item.append(marked(element("p", "say"), row.say, answer.words));
      if (row.advice) item.append(marked(element("p", "advice"), row.advice, answer.words));
      var text = telling(row, answer.words);
      if (text) item.append(marked(element("blockquote"), text.length > 400 ? text.slice(0, 400) + "…" : text, answer.words));
      list.append(item);
    });
    results.append(list);
    results.hidden = false;
    page.hidden = true;
  }

  // ---- the page ----

  document.addEventListener("DOMContentLoaded", function () {
    var input = document.getElementById("q"), results = document.getElementById("results");
    var button = document.getElementById("theme");

    button.addEventListener("click", function () {
      root.dataset.theme = isDark() ? "light" : "dark";
      stored(root.dataset.theme);
    });

    function remember(query) {
      var url = location.pathname + (query ? "?q=" + encodeURIComponent(query) : "");
      try { history.replaceState(null, "", url); } catch (error) { /* a browser that keeps its own counsel about files */ }
    }

    function run() {
      var query = input.value;
      load(function () {
        // Only the last of several that were waited for is shown.
        if (query === input.value) show(query);
      });
    }

    input.addEventListener("focus", function () { load(function () {}); });
    input.addEventListener("input", function () { run(); remember(input.value.trim()); });
    document.getElementById("search").addEventListener("submit", function (event) {
      event.preventDefault();
      var first = results.hidden ? null : results.querySelector("a");
      if (first) first.click();
    });
    // A result may stand on this very page.
    results.addEventListener("click", function (event) {
      var link = event.target.closest("a");
      if (link && link.pathname === location.pathname) {
        input.value = "";
        show("");
      }
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName || "");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
        input.select();
      } else if (event.key === "Escape" && (event.target === input || !results.hidden)) {
        input.value = "";
        show("");
        remember("");
        input.blur();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !results.hidden) {
        var links = Array.prototype.slice.call(results.querySelectorAll("a"));
        var at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
        event.preventDefault();
        if (at < 0) input.focus();
        else if (at < links.length) links[at].focus();
      }
    });

    var asked = new URLSearchParams(location.search).get("q");
    if (!asked && location.hash.indexOf("#q=") === 0) {
      try { asked = decodeURIComponent(location.hash.slice(3)); } catch (error) { asked = location.hash.slice(3); }
    }
    if (asked) {
      input.value = asked;
      run();
    }
  });
})();
