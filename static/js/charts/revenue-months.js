/* Revenue of one client by month: sales upwards, refunds below zero, the year before as a line. Amounts in cents. */
(function () {
  "use strict";

  function tooltip(data, theme) {
    return function (items) {
      var at = items[0].dataIndex;
      return [
        data.months[at],
        data.labels.sales + ": " + theme.formatMoney(data.sales[at]),
        data.labels.refunds + ": " + theme.formatMoney(data.refunds[at]),
        data.labels.net + ": " + theme.formatMoney(data.sales[at] + data.refunds[at]),
        data.labels.before + ": " + theme.formatMoney(data.before[at]),
      ].join("\n");
    };
  }

  function bars(name, values, colour, radius) {
    return {
      name: name, type: "bar", stack: "month", data: values, barMaxWidth: 22,
      itemStyle: { color: colour, borderRadius: radius },
    };
  }

  function option(data, theme) {
    return {
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      legend: { top: 0, right: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: theme.muted } },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, formatter: tooltip(data, theme) },
      xAxis: { type: "category", data: data.months, axisLine: { onZero: true }, axisLabel: { hideOverlap: true } },
      yAxis: { type: "value", axisLabel: { formatter: theme.formatMoneyShort } },
      series: [
        bars(data.labels.sales, data.sales, theme.accent, [3, 3, 0, 0]),
        bars(data.labels.refunds, data.refunds, theme.bad, [0, 0, 3, 3]),
        {
          name: data.labels.before, type: "line", data: data.before, symbol: "none", step: false,
          lineStyle: { color: theme.muted, width: 1.5, type: "dashed" }, itemStyle: { color: theme.muted },
        },
      ],
    };
  }

  window.cmixCharts.register("revenue-months", option);
})();
