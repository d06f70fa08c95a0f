/* Flows of clients between the cells of the migration matrix: from the left (then) to the right (now).
   A link is [from, to, clients, revenue]; a node is named by its cell and its side. Both sides keep the order of
   the matrix and carry their labels outside, so that no word lies on a flow. */
(function () {
  "use strict";

  function colour(cell, theme) {
    return {
      current: theme.muted, offline_new: theme.segments.dilemma, migration: theme.sociotypes[2], conquest: theme.sociotypes[3],
      mutation: theme.accent, diversification: theme.sociotypes[1], unknown: theme.warn, absent: theme.bad,
    }[cell] || theme.muted;
  }

  function cellOf(name) { return name.split(":")[1]; }

  function nodes(data, theme) {
    var sums = {};
    data.links.forEach(function (link) {
      ["then:" + link[0], "now:" + link[1]].forEach(function (name) { sums[name] = (sums[name] || 0) + link[2]; });
    });
    return ["then:", "now:"].flatMap(function (side) {
      return data.order.map(function (cell) { return side + cell; });
    }).filter(function (name) { return sums[name]; }).map(function (name) {
      var left = name.indexOf("then:") === 0;
      return {
        name: name, depth: left ? 0 : 1, itemStyle: { color: colour(cellOf(name), theme) },
        label: {
          position: left ? "left" : "right", align: left ? "right" : "left",
          formatter: data.labels.cells[cellOf(name)] + "\n" + theme.formatNumber(sums[name]),
        },
      };
    });
  }

  window.cmixCharts.register("matrix-flows", function (data, theme) {
    var narrow = !window.matchMedia("(min-width: 641px)").matches;
    return {
      tooltip: {
        trigger: "item",
        formatter: function (item) {
          if (item.dataType !== "edge") return data.labels.cells[cellOf(item.name)];
          var link = item.data;
          return [
            data.labels.cells[cellOf(link.source)] + " → " + data.labels.cells[cellOf(link.target)],
            data.labels.clients + ": " + theme.formatNumber(link.value),
            data.labels.revenue + ": " + theme.formatMoney(link.revenue),
          ].join("\n");
        },
      },
      series: [{
        type: "sankey", left: narrow ? 94 : 150, right: narrow ? 94 : 150, top: 24, bottom: 24, nodeWidth: 12,
        nodeGap: narrow ? 40 : 28, draggable: false, emphasis: { focus: "adjacency" }, layoutIterations: 0,
        label: { color: theme.ink, fontSize: 12, lineHeight: 15, width: narrow ? 84 : 140, overflow: "break" },
        lineStyle: { color: "source", opacity: 0.35, curveness: 0.5 },
        data: nodes(data, theme),
        links: data.links.map(function (link) {
          return { source: "then:" + link[0], target: "now:" + link[1], value: link[2], revenue: link[3] };
        }),
      }],
    };
  });
}());
