/* Clients by state of their revenue: one bar a state, labelled directly. */
(function () {
  "use strict";

  window.cmixCharts.register("kinetics-states", function (data, theme) {
    return {
      grid: { left: 4, right: 48, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", min: 0, show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: data.map(function (state) { return state.label; }),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: theme.ink, fontFamily: theme.fontFamily },
      },
      series: [{
        type: "bar",
        barMaxWidth: 16,
        itemStyle: { color: theme.accent, borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: "right",
          color: theme.muted,
          fontFamily: theme.fontFamily,
          formatter: function (point) { return theme.formatNumber(point.value); },
        },
        data: data.map(function (state) { return state.clients; }),
      }],
    };
  });
}());
