/* Charts: one place for theme, locale, size, keyboard and the table toggle.

   A kind registers `cmixCharts.register(kind, (data, theme) => option, {onClick(params, data)})`; a
   figure names its kind and the json_script that holds its data. Tooltips are drawn in the SVG
   (`richText`), since the CSP refuses the style attributes of HTML ones: a formatter returns plain
   text, lines parted by "\n". */
(function () {
  "use strict";

  var root = document.documentElement;
  var language = root.lang || "en";
  var currency = document.body.dataset.currency || "EUR";
  var kinds = {};
  var shown = [];

  function moneyFormat(options) {
    return new Intl.NumberFormat(language, Object.assign({ style: "currency", currency: currency }, options));
  }
  var fullMoney = moneyFormat({});
  var wholeMoney = moneyFormat({ maximumFractionDigits: 0 });
  var shortMoney = moneyFormat({ notation: "compact", maximumFractionDigits: 1 });
  var percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  var plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

  /* "84 k€", as the pages print it, where Intl writes "84 k €". */
  function shortened(text) {
    return text.replace(/(\p{L})\s(\p{Sc})$/u, "$1$2");
  }

  function unknown(value) {
    return value === null || value === undefined || Number.isNaN(value);
  }

  /* Custom properties come unresolved (light-dark(…)); a probe's computed colour is what is painted. */
  function colour(name, probe) {
    probe.style.color = "var(--" + name + ")";
    return window.getComputedStyle(probe).color;
  }

  function readTheme() {
    var probe = document.body.appendChild(document.createElement("span"));
    probe.style.transition = "none"; // else the colour read would still be the one before
    var read = function (name) { return colour(name, probe); };
    var theme = {
      dark: root.getAttribute("data-bs-theme") === "dark",
      ink: read("ink"),
      muted: read("muted"),
      accent: read("accent"),
      grid: read("line"),
      surface: read("surface"),
      good: read("good"),
      bad: read("bad"),
      warn: read("warn"),
      segments: {
        whale: read("whale"),
        thoroughbred: read("thoroughbred"),
        athlete: read("athlete"),
        dilemma: read("dilemma"),
        to_qualify: read("to-qualify"),
      },
      sociotypes: [1, 2, 3, 4, 5].map(function (step) { return read("sociotype-" + step); }),
      fontFamily: window.getComputedStyle(document.body).fontFamily,
      currency: currency,
      locale: language,
      formatMoney: function (cents) { return unknown(cents) ? "–" : fullMoney.format(cents / 100); },
      formatMoneyShort: function (cents) {
        if (unknown(cents)) return "–";
        return shortened((Math.abs(cents) < 1000000 ? wholeMoney : shortMoney).format(cents / 100));
      },
      formatPercent: function (share) { return unknown(share) ? "–" : percent.format(share); },
      formatNumber: function (value) { return unknown(value) ? "–" : plain.format(value); },
    };
    probe.remove();
    return theme;
  }

  function months(style) {
    var format = new Intl.DateTimeFormat(language, { month: style, timeZone: "UTC" });
    return Array.from({ length: 12 }, function (_, month) { return format.format(Date.UTC(2024, month, 1)); });
  }

  function days(style) {
    var format = new Intl.DateTimeFormat(language, { weekday: style, timeZone: "UTC" });
    return Array.from({ length: 7 }, function (_, day) { return format.format(Date.UTC(2024, 8, 1 + day)); });
  }

  function registerLocale() {
    window.echarts.registerLocale(language.toUpperCase(), {
      time: {
        month: months("long"), monthAbbr: months("short"),
        dayOfWeek: days("long"), dayOfWeekAbbr: days("short"),
      },
    });
  }

  function axisDefaults(theme) {
    return {
      axisLine: { lineStyle: { color: theme.grid } },
      axisTick: { show: false },
      axisLabel: { color: theme.muted, fontSize: 12 },
      nameTextStyle: { color: theme.muted, fontSize: 12 },
      splitLine: { lineStyle: { color: theme.grid } },
    };
  }

  function echartsTheme(theme) {
    var axis = axisDefaults(theme);
    return {
      color: [theme.accent].concat(Object.values(theme.segments)),
      backgroundColor: "transparent",
      textStyle: { fontFamily: theme.fontFamily, color: theme.ink, fontSize: 13 },
      categoryAxis: Object.assign({}, axis, { splitLine: { show: false } }),
      valueAxis: Object.assign({}, axis, { axisLine: { show: false } }),
      logAxis: axis,
      timeAxis: Object.assign({}, axis, { splitLine: { show: false } }),
    };
  }

  function reducedMotion() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  function withHouseRules(option, theme, caption) {
    var house = { animation: !reducedMotion(), animationDuration: 150, animationDurationUpdate: 150 };
    var tooltip = option.tooltip && Object.assign(
      {
        backgroundColor: theme.surface, borderColor: theme.grid, borderWidth: 1, padding: [8, 12],
        textStyle: { color: theme.ink, fontSize: 13, fontFamily: theme.fontFamily, lineHeight: 19 },
      },
      option.tooltip,
      { renderMode: "richText", confine: true, transitionDuration: 0 }
    );
    var aria = { enabled: true, label: { enabled: true, description: caption } };
    if (!option.grid && option.xAxis) house.grid = { left: 8, right: 16, top: 32, bottom: 8, containLabel: true };
    return Object.assign(house, option, tooltip ? { tooltip: tooltip } : {}, { aria: option.aria || aria });
  }

  function points(chart) {
    return (chart.getOption().series || []).flatMap(function (series, seriesIndex) {
      return (series.data || []).map(function (_, dataIndex) {
        return { seriesIndex: seriesIndex, dataIndex: dataIndex };
      });
    });
  }

  /* Arrow keys show one point after the other, Enter opens it. */
  function walkWithKeys(item) {
    var at = -1;
    item.canvas.tabIndex = 0;
    item.canvas.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      var all = points(item.chart);
      if (step && all.length) {
        event.preventDefault();
        if (all[at]) item.chart.dispatchAction(Object.assign({ type: "downplay" }, all[at]));
        at = Math.max(0, Math.min(all.length - 1, at + step));
        item.chart.dispatchAction(Object.assign({ type: "highlight" }, all[at]));
        item.chart.dispatchAction(Object.assign({ type: "showTip" }, all[at]));
      } else if (event.key === "Enter" && all[at] && item.kind.onClick) {
        var series = item.chart.getOption().series[all[at].seriesIndex];
        item.kind.onClick(
          Object.assign({ data: series.data[all[at].dataIndex], seriesName: series.name }, all[at]), item.data
        );
      }
    });
    item.canvas.addEventListener("blur", function () { item.chart.dispatchAction({ type: "hideTip" }); });
  }

  function offerTable(figure, canvas) {
    var table = figure.nextElementSibling;
    if (!table || !table.matches("table, .table-wrap, .chart-table")) return;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    function show(asTable) {
      table.hidden = !asTable;
      canvas.hidden = asTable;
      button.textContent = asTable ? figure.dataset.labelChart : figure.dataset.labelTable;
      button.setAttribute("aria-pressed", String(asTable));
      if (!asTable) shown.forEach(function (item) { if (item.canvas === canvas) item.chart.resize(); });
    }
    button.addEventListener("click", function () { show(table.hidden); });
    figure.querySelector("figcaption").appendChild(button);
    show(false);
  }

  function draw(item) {
    var theme = readTheme();
    if (item.chart) item.chart.dispose();
    item.chart = window.echarts.init(item.canvas, echartsTheme(theme), {
      renderer: "svg", locale: language.toUpperCase(),
    });
    item.chart.setOption(withHouseRules(item.kind.build(item.data, theme), theme, item.caption));
    if (item.kind.onClick) {
      item.chart.on("click", function (params) { item.kind.onClick(params, item.data); });
    }
    item.canvas.setAttribute("role", "img");
    item.canvas.setAttribute("aria-label", item.caption);
  }

  function mount(figure) {
    var kind = kinds[figure.dataset.chart];
    var source = document.getElementById(figure.dataset.source);
    if (!kind || !source || figure.dataset.drawn) return;
    figure.dataset.drawn = "yes";
    var item = {
      kind: kind,
      data: JSON.parse(source.textContent),
      canvas: figure.querySelector(".chart-canvas"),
      caption: figure.querySelector("figcaption").textContent.trim(),
    };
    shown.push(item);
    draw(item);
    offerTable(figure, item.canvas);
    walkWithKeys(item);
    new ResizeObserver(function () { if (!item.canvas.hidden) item.chart.resize(); }).observe(item.canvas);
  }

  function mountAll() {
    if (!window.echarts) return;
    shown = shown.filter(function (item) {
      if (item.canvas.isConnected) return true;
      item.chart.dispose();
      return false;
    });
    document.querySelectorAll("figure[data-chart]").forEach(mount);
  }

  window.cmixCharts = {
    register: function (name, build, options) {
      kinds[name] = Object.assign({ build: build }, options || {});
      if (document.readyState === "complete") mountAll();
    },
    theme: readTheme,
    mount: mountAll,
  };

  if (window.echarts) registerLocale();
  document.addEventListener("DOMContentLoaded", mountAll);
  document.body.addEventListener("htmx:afterSettle", mountAll);
  document.addEventListener("cmix:theme", function () { shown.forEach(draw); });
})();
