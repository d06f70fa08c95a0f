/* The strategic grid: clients by revenue and margin rate, the two lines, the quadrants named.
   A point is [client, name, revenue, margin rate, size, number of the segment]. */
(function () {
  "use strict";

  var SEGMENTS = ["whale", "thoroughbred", "athlete", "dilemma", "to_qualify"];
  var NAMED = 6;
  var SMALLEST = 6;
  var LARGEST = 38;
  var LETTERED = 20;

  function figures(points, index) {
    return points.map(function (point) { return point[index]; });
  }

  /* The axes hold every point and both lines, with some air. */
  function revenueExtent(data) {
    var values = figures(data.points, 2).concat(data.lines.revenue || []);
    var least = Math.min.apply(null, values), most = Math.max.apply(null, values);
    if (data.log) return [Math.max(1, least) / 1.6, Math.max(100, most) * 1.8];
    return [Math.min(0, least), most * 1.08];
  }

  /* Margins beyond the middle 98 % would squeeze all others: they are drawn on the edge, with their figure on hover. */
  function marginExtent(data) {
    var sorted = figures(data.points, 3).sort(function (a, b) { return a - b; });
    var least = sorted[Math.floor(sorted.length * 0.01)], most = sorted[Math.ceil(sorted.length * 0.99) - 1];
    var line = data.lines.margin;
    if (line !== null) { least = Math.min(least, line); most = Math.max(most, line); }
    var air = Math.max(0.02, (most - least) * 0.08);
    return [Math.floor((least - air) * 20) / 20, Math.ceil((most + air) * 20) / 20];
  }

  function diameters(points) {
    var most = Math.max.apply(null, figures(points, 4).map(function (size) { return size || 0; })) || 1;
    return function (size) {
      return SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(Math.max(0, size || 0) / most);
    };
  }

  function quadrants(data, x, y, theme) {
    var names = data.labels.segments, lines = data.lines;
    function area(segment, from, to, position) {
      return [
        { name: names[segment], coord: from, itemStyle: { color: theme.segments[segment], opacity: 0.045 },
          label: { position: position, color: theme.muted, fontSize: 12, fontWeight: 600, distance: 8 } },
        { coord: to },
      ];
    }
    if (lines.revenue === null || lines.margin === null) return [];
    return [
      area("thoroughbred", [x[0], y[1]], [lines.revenue, lines.margin], "insideTopLeft"),
      area("athlete", [lines.revenue, y[1]], [x[1], lines.margin], "insideTopRight"),
      area("dilemma", [x[0], lines.margin], [lines.revenue, y[0]], "insideBottomLeft"),
      area("whale", [lines.revenue, lines.margin], [x[1], y[0]], "insideBottomRight"),
    ];
  }

  function thresholdLines(data, theme) {
    var lines = [];
    if (data.lines.revenue !== null) {
      lines.push({ xAxis: data.lines.revenue, label: { formatter: theme.formatMoneyShort(data.lines.revenue), position: "end" } });
    }
    if (data.lines.margin !== null) {
      lines.push({ yAxis: data.lines.margin, label: { formatter: theme.formatPercent(data.lines.margin), position: "end" } });
    }
    return lines;
  }

  function frame(data, x, y, theme) {
    return {
      type: "scatter", data: [], silent: true, z: 1,
      markArea: { silent: true, data: quadrants(data, x, y, theme) },
      markLine: {
        silent: true, symbol: "none", lineStyle: { color: theme.muted, type: [4, 4], width: 1 },
        label: { color: theme.ink, fontSize: 12 }, data: thresholdLines(data, theme),
      },
    };
  }

  function placed(point, y) {
    return [point[2], Math.min(y[1], Math.max(y[0], point[3]))];
  }

  function bubbles(data, segment, y, diameter, theme) {
    return {
      type: "scatter", name: data.labels.segments[segment], z: 3,
      data: data.points.filter(function (point) { return data.segments[point[5]] === segment; }).map(function (point) {
        var size = diameter(point[4]);
        return {
          name: point[1], value: placed(point, y), point: point, symbolSize: size,
          label: { show: size >= LETTERED, formatter: data.labels.letters[segment] },
        };
      }),
      label: { position: "inside", color: theme.ink, fontSize: 10, fontWeight: 600 },
      itemStyle: { color: theme.segments[segment], opacity: 0.58, borderColor: theme.surface, borderWidth: 1 },
      emphasis: { scale: 1.15, itemStyle: { opacity: 1, borderColor: theme.ink, borderWidth: 1.5 } },
    };
  }

  /* From where a client came that stood in another segment a quarter ago. */
  function trails(data, x, y, theme) {
    return {
      type: "lines", coordinateSystem: "cartesian2d", z: 2, silent: true, polyline: false,
      symbol: ["none", "arrow"], symbolSize: 6,
      lineStyle: { color: theme.muted, width: 1, opacity: 0.55, curveness: 0.12 },
      tooltip: { show: false },
      data: data.points.filter(function (point) { return data.trails[point[0]]; }).map(function (point) {
        var from = data.trails[point[0]];
        return { coords: [[Math.max(x[0], from[0]), Math.min(y[1], Math.max(y[0], from[1]))], placed(point, y)] };
      }),
    };
  }

  /* The largest clients are named on the spot; names that would overlap are left to the tooltip. */
  function names(data, y, diameter, theme) {
    var room = window.matchMedia("(min-width: 641px)").matches ? NAMED : 0;
    var largest = data.points.slice().sort(function (a, b) { return (b[4] || 0) - (a[4] || 0); }).slice(0, room);
    return {
      type: "scatter", silent: true, z: 4, symbolSize: 0.1, itemStyle: { opacity: 0 },
      data: largest.map(function (point) {
        return {
          name: point[1], value: placed(point, y),
          label: { position: "top", distance: diameter(point[4]) / 2 + 2 },
        };
      }),
      label: {
        show: true, opacity: 1, color: theme.ink, fontSize: 11, width: 130, overflow: "truncate",
        formatter: function (item) { return item.name; },
        textBorderColor: theme.surface, textBorderWidth: 3,
      },
      labelLayout: { hideOverlap: true },
      tooltip: { show: false },
    };
  }

  function tooltip(data, theme) {
    return function (item) {
      var point = item.data.point;
      if (!point) return "";
      var lines = [
        point[1], data.labels.segments[data.segments[point[5]]],
        data.labels.revenue + ": " + theme.formatMoney(point[2]),
        data.labels.margin + ": " + theme.formatPercent(point[3]),
      ];
      var from = data.trails[point[0]];
      if (from) {
        lines.push(data.labels.trail + ": " + data.labels.segments[data.segments[from[2]]] + ", " +
          theme.formatMoneyShort(from[0]) + ", " + theme.formatPercent(from[1]));
      }
      if (data.labels.size) lines.push(data.labels.size + ": " + theme.formatMoney(point[4]));
      return lines.join("\n");
    };
  }

  function option(data, theme) {
    if (!data.points.length) return { title: { text: data.labels.none, left: "center", top: "center", textStyle: { color: theme.muted, fontSize: 13, fontWeight: 400 } } };
    var x = revenueExtent(data), y = marginExtent(data), diameter = diameters(data.points);
    return {
      grid: { left: 8, right: 44, top: 44, bottom: 34, containLabel: true },
      xAxis: {
        type: data.log ? "log" : "value", min: x[0], max: x[1],
        name: data.log ? data.labels.revenueLog : data.labels.revenue, nameLocation: "middle", nameGap: 30,
        axisLabel: { formatter: theme.formatMoneyShort, hideOverlap: true, showMinLabel: false, showMaxLabel: false },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value", min: y[0], max: y[1], name: data.labels.margin, nameLocation: "end", nameGap: 26,
        nameTextStyle: { align: "left" }, axisLabel: { formatter: theme.formatPercent },
      },
      tooltip: { trigger: "item", formatter: tooltip(data, theme) },
      series: [frame(data, x, y, theme)].concat(
        SEGMENTS.map(function (segment) { return bubbles(data, segment, y, diameter, theme); }),
        [trails(data, x, y, theme), names(data, y, diameter, theme)]
      ),
    };
  }

  function open(item, data) {
    if (item.data && item.data.point) {
      window.location.assign(data.client_url.replace(/0(\/?)$/, item.data.point[0] + "$1"));
    }
  }

  window.cmixCharts.register("grid", option, { onClick: open });
})();
