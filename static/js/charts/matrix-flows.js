/* Flows of clients between the cells of the migration matrix: from the left (then) to the right (now).
   A link is [from, to, clients, revenue]; a node is named by its cell and its side. */
(function () {
  "use strict";

  function colour(cell, theme) {
    return {
      current: theme.muted, offline_new: theme.grid, migration: theme.sociotypes[2], conquest: theme.sociotypes[3],
      mutation: theme.accent, diversification: theme.sociotypes[1], unknown: theme.warn, absent: theme.bad,
    }[cell] || theme.muted;
  }

  function nodes(data, theme) {
    var seen = {};
    data.links.forEach(function (link) { seen["then:" + link[0]] = link[0]; seen["now:" + link[1]] = link[1]; });
    return Object.keys(seen).map(function (name) {
      return { name: name, depth: name.indexOf("then:") === 0 ? 0 : 1, itemStyle: { color: colour(seen[name], theme) } };
    });
  }

  function cellOf(name) { return name.split(":")[1]; }

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
        type: "sankey", left: 8, right: narrow ? 96 : 170, top: 8, bottom: 8, nodeWidth: 12, nodeGap: 10, draggable: false,
        emphasis: { focus: "adjacency" }, layoutIterations: 24,
        label: {
          color: theme.ink, fontSize: 12, width: narrow ? 88 : 160, overflow: "truncate",
          formatter: function (item) { return data.labels.cells[cellOf(item.name)]; },
        },
        lineStyle: { color: "source", opacity: 0.35, curveness: 0.5 },
        data: nodes(data, theme),
        links: data.links.map(function (link) {
          return { source: "then:" + link[0], target: "now:" + link[1], value: link[2], revenue: link[3] };
        }),
      }],
    };
  });
}());
