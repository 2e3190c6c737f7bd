import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatNumber } from "../lib/numbers";
import { formatDuration, formatExact } from "../lib/times";
import { useShownTheme } from "../state/theme";
import styles from "./LineChart.module.css";
import { allPositive, type Series, smooth, type XAxis } from "./series";

export interface LineChartOptions {
  axis: XAxis;
  smoothing: number;
  log: boolean;
}

interface LineChartProps {
  series: Series;
  options: LineChartOptions;
  /** What it shows, as a sentence. */
  description: string;
  height: number;
  /** Charts of one group move their cursors together. */
  group: string;
  /** What part of the axis is shown; all of it by default. */
  range?: readonly [from: number, to: number];
  /** Told which part was drawn over, or undefined for all of it. */
  onRange: (range: readonly [from: number, to: number] | undefined) => void;
}

/** One metric of one run as a line, over the band of the values that it stands for; smoothed when asked. */
export function LineChart({ series, options, description, height, group, range, onRange }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const theme = useShownTheme();
  const zoom = useRef({ range, onRange });
  zoom.current = { range, onRange };

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot = new uPlot(settings(element, series, options, height, group, tip, zoom), data(series, options), element);
    chart.current = plot;
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
    // New points arrive through setData below: the chart is built again only when its form changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [options.axis, options.log, options.smoothing, height, group, theme, series.x.length === 0]);

  useLayoutEffect(() => {
    chart.current?.setData(data(series, options));
  }, [series, options, range]);

  return (
    <div className={styles.chart} role="img" aria-label={description}>
      <div ref={host} className={styles.host} />
      <div ref={tip} className={styles.tip} aria-hidden="true" />
    </div>
  );
}

function data({ x, y, low, high }: Series, { smoothing }: LineChartOptions): uPlot.AlignedData {
  return smoothing > 0 ? [x, y, low, high, smooth(y, smoothing)] : [x, y, low, high];
}

/** Tells a position on the x axis in words. */
export function formatX(x: number, axis: XAxis): string {
  if (axis === "step") return `step ${formatNumber(x, 8)}`;
  return axis === "time" ? formatExact(x * 1000) : formatDuration(x * 1000);
}

/** Steps of a duration axis in seconds, so that its ticks are round: from a millisecond to thirty days. */
const DURATIONS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
  21600, 43200, 86400, 172800, 604800, 2592000,
];

function settings(
  element: HTMLElement,
  series: Series,
  options: LineChartOptions,
  height: number,
  group: string,
  tip: { current: HTMLDivElement | null },
  zoom: { current: Pick<LineChartProps, "range" | "onRange"> },
): uPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const color = token("--series").split(/\s+/)[0] ?? token("--link");
  const font = `12px ${token("--font")}`;
  const few = series.x.length <= 40;
  const grid = { stroke: token("--divider"), width: 1 };
  const line = (stroke: string, raw: boolean): uPlot.Series => ({
    stroke,
    width: 1.5,
    points: { show: few && !raw, size: 5, fill: stroke },
    alpha: raw ? 0.25 : 1,
  });
  const edge: uPlot.Series = { stroke: undefined, width: 0, points: { show: false } };
  return {
    width: element.clientWidth || 300,
    height,
    legend: { show: false },
    padding: [12, 12, 0, 0],
    cursor: {
      sync: { key: group, scales: ["x", null] },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          zoom.current.onRange(undefined);
          return null;
        },
      },
      y: false,
      points: { size: 7 },
    },
    scales: {
      x: {
        time: options.axis === "time",
        range: (_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax => {
          const [from, to] = zoom.current.range ?? [least ?? 0, most ?? 1];
          return from === to ? [from - 0.5, to + 0.5] : [from, to];
        },
      },
      y: options.log ? { distr: allPositive(series.y) ? 3 : 4 } : {},
    },
    axes: [
      {
        stroke: token("--text-2"),
        font,
        grid: { show: false },
        ticks: { show: false },
        space: 60,
        size: 28,
        ...(options.axis === "relative" && { values: (_: uPlot, ticks: number[]) => ticks.map((tick) => (tick === 0 ? "0" : formatDuration(tick * 1000))), incrs: DURATIONS }),
        ...(options.axis === "step" && { values: (_: uPlot, ticks: number[]) => ticks.map((tick) => (Number.isInteger(tick) ? compact(tick) : "")) }),
      },
      {
        stroke: token("--text-2"),
        font,
        // On a logarithmic axis only whole powers of ten get a line.
        grid: options.log ? { ...grid, filter: (_: uPlot, ticks: number[]) => ticks.map((tick) => (isPowerOfTen(tick) ? tick : null)) } : grid,
        ticks: { show: false },
        space: 36,
        // As wide as its longest label.
        size: (_: uPlot, labels: string[] | null) => 16 + 7 * Math.max(3, ...(labels ?? []).map((label) => label.length)),
        values: (_: uPlot, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? "" : formatNumber(tick))),
      },
    ],
    series: options.smoothing > 0 ? [{}, line(color, true), edge, edge, line(color, false)] : [{}, line(color, false), edge, edge],
    bands: [{ series: [3, 2], fill: `${color}33` }],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          zoom.current.onRange([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [(plot) => showTip(plot, tip.current, options)],
      draw: [(plot) => drawOdd(plot, series, token("--bad"))],
    },
  };
}

function isPowerOfTen(value: number): boolean {
  const power = Math.log10(Math.abs(value));
  return value === 0 || Math.abs(power - Math.round(power)) < 1e-9;
}

/** `12000` → `12k`: short ticks. */
function compact(value: number): string {
  if (Math.abs(value) >= 1e6) return `${formatNumber(value / 1e6)}M`;
  return Math.abs(value) >= 1e4 ? `${formatNumber(value / 1e3)}k` : String(value);
}

function showTip(plot: uPlot, tip: HTMLDivElement | null, options: LineChartOptions): void {
  if (!tip) return;
  const at = plot.cursor.idx;
  const left = plot.cursor.left ?? -1;
  const x = at == null ? undefined : plot.data[0][at];
  if (at == null || x === undefined || left < 0) {
    tip.hidden = true;
    return;
  }
  const raw = plot.data[1]?.[at];
  const value = raw == null ? "no number" : formatNumber(raw, 6);
  const [low, high, smoothed] = [2, 3, 4].map((row) => plot.data[row]?.[at]);
  const band = low != null && high != null && low !== high ? ` (${formatNumber(low)} … ${formatNumber(high)})` : "";
  tip.hidden = false;
  tip.textContent = `${formatX(x, options.axis)}: ${value}${band}${smoothed == null ? "" : `, smoothed ${formatNumber(smoothed)}`}`;
  const right = left > plot.over.clientWidth / 2;
  tip.style.left = right ? "auto" : `${left + 64}px`;
  tip.style.right = right ? `${plot.over.clientWidth - left + 20}px` : "auto";
}

/** Values that are no numbers, as ticks on the bottom edge. */
function drawOdd(plot: uPlot, series: Series, color: string): void {
  if (series.odd.length === 0) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio * 1.5;
  for (const x of series.odd) {
    const left = plot.valToPos(x, "x", true);
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top + bbox.height);
    ctx.lineTo(left, bbox.top + bbox.height - 8 * devicePixelRatio);
    ctx.stroke();
  }
  ctx.restore();
}
