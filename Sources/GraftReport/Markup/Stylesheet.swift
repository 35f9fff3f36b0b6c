/// The style of the page.
///
/// It goes into the page as text: neither `<`, `>` nor `&` may stand in it, nor a double quote, since
/// they would be escaped, which CSS doesn't undo.
enum Stylesheet {
  static let text = [variables, Palette.classes, page, figures, charts, tables, gallery, media]
    .joined(separator: "\n")

  private static let light = """
    --page: #f5f6f8; --surface: #ffffff; --ink: #1b1f27; --muted: #5b6472; --faint: #a3abb8;
    --rule: #e2e5ea; --axis: #9aa2af; --right: 0, 114, 178; --wrong: 213, 94, 0;
    --depth: 0.72; --target: rgba(0, 0, 0, 0.06);
    """
  private static let dark = """
    --page: #101216; --surface: #191c22; --ink: #e8eaef; --muted: #a0a8b6; --faint: #5d6574;
    --rule: #2b3039; --axis: #6b7382; --right: 86, 180, 233; --wrong: 255, 140, 66;
    --depth: 0.52; --target: rgba(255, 255, 255, 0.1);
    """

  private static let variables = """
    :root { color-scheme: light dark; \(light) \(Palette.variables(Palette.light)) }
    @media screen and (prefers-color-scheme: dark) {
      :root { \(dark) \(Palette.variables(Palette.dark)) }
    }
    """

  private static let page = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue',
        Arial, sans-serif; }
    main { max-width: 1160px; margin: 0 auto; padding: 48px 32px 32px; }
    h1 { margin: 0; font-size: 32px; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em;
      overflow-wrap: anywhere; }
    h2 { margin: 0 0 14px; font-size: 20px; line-height: 1.3; font-weight: 650;
      letter-spacing: -0.01em; overflow-wrap: anywhere; }
    h3 { margin: 0; font-size: 15px; line-height: 1.4; font-weight: 600; overflow-wrap: anywhere; }
    p { margin: 0 0 12px; max-width: 72ch; overflow-wrap: anywhere; }
    section { margin-top: 40px; }
    .subtitle { margin: 8px 0 0; color: var(--muted); font-size: 17px; }
    .note { margin: -8px 0 14px; color: var(--muted); font-size: 14px; }
    .card { background: var(--surface); border: 1px solid var(--rule); border-radius: 10px;
      padding: 18px 20px; }
    .fitted { width: fit-content; max-width: 100%; }
    footer { margin-top: 48px; padding-top: 16px; border-top: 1px solid var(--rule);
      color: var(--muted); font-size: 13px; }
    details { margin-top: 8px; font-size: 14px; }
    summary { color: var(--muted); cursor: pointer; }
    .scroll { overflow-x: auto; }
    """

  private static let figures = """
    .figures { display: grid; gap: 14px; margin-top: 32px;
      grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); }
    .figure-label { color: var(--muted); font-size: 14px; line-height: 1.35; }
    .figure-value { margin: 6px 0 4px; font-size: 34px; line-height: 1.1; font-weight: 650;
      letter-spacing: -0.02em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .figure-note { color: var(--muted); font-size: 13px; line-height: 1.35; }
    """

  private static let charts = """
    .charts { display: grid; gap: 14px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
    .chart { margin: 0; min-width: 0; max-width: 680px; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 4px 0 10px; padding: 0;
      list-style: none; color: var(--muted); font-size: 13px; }
    .legend li { min-width: 0; overflow-wrap: anywhere; }
    .legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
    .swatch { display: inline-block; width: 20px; margin-right: 7px; vertical-align: middle;
      border-top: 2.5px solid var(--c); }
    .swatch.dashed { border-top-style: dashed; }
    svg { display: block; width: 100%; height: auto; overflow: visible;
      font-variant-numeric: tabular-nums; }
    svg text { font-size: 12px; fill: var(--muted); }
    svg .middle { text-anchor: middle; }
    svg .end { text-anchor: end; }
    svg .name { fill: var(--c); font-weight: 600; }
    svg .marker-label { fill: var(--ink); }
    .grid { stroke: var(--rule); stroke-width: 1; }
    .axis { stroke: var(--axis); stroke-width: 1; }
    .marker { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 3; }
    .curve { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round;
      stroke-linecap: round; }
    .series.dashed .curve { stroke-width: 1.8; stroke-dasharray: 5 4; stroke-linecap: butt; }
    .dot { fill: var(--c); stroke: var(--surface); stroke-width: 1; }
    .target { fill: transparent; }
    .target:hover { fill: var(--target); }
    """

  private static let tables = """
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    .plain { width: 100%; font-size: 14px; }
    .plain th { color: var(--muted); font-weight: 500; text-align: left; white-space: nowrap; }
    .plain th, .plain td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--rule);
      vertical-align: top; }
    .plain th:last-child, .plain td:last-child { padding-right: 0; }
    .plain tr:last-child td { border-bottom: 0; }
    .plain td { overflow-wrap: anywhere; min-width: 3.5em; }
    .plain td:not(.number) { min-width: 7em; }
    .plain .number { text-align: right; white-space: nowrap; }
    .matrix { border-collapse: separate; border-spacing: 2px; font-size: 14px; }
    .matrix td { min-width: 68px; height: 40px; padding: 0 6px; border-radius: 4px;
      text-align: center; }
    .matrix th { max-width: 180px; padding: 0 10px 0 0; overflow: hidden; font-weight: 500;
      text-align: right; text-overflow: ellipsis; white-space: nowrap; }
    .matrix tbody th { position: sticky; left: 0; background: var(--surface); }
    .matrix thead th { padding: 0 6px 6px; text-align: center; vertical-align: bottom; }
    .matrix .corner { padding: 0 10px 6px 0; color: var(--muted); font-size: 12px;
      text-align: right; vertical-align: bottom; white-space: nowrap; }
    .tilted thead span { display: inline-block; max-height: 150px; overflow: hidden;
      text-overflow: ellipsis; writing-mode: vertical-rl; transform: rotate(180deg); }
    .right { background: rgba(var(--right), calc(var(--shade) * var(--depth))); font-weight: 600; }
    .wrong { background: rgba(var(--wrong), calc(var(--shade) * var(--depth))); }
    .matrix .zero { color: var(--faint); }
    .matrix .edge { color: var(--muted); font-size: 13px; font-weight: 400; }
    .matrix .total { color: var(--ink); font-weight: 650; }
    .dense { font-size: 11px; }
    .matrix.dense td { min-width: 28px; height: 26px; padding: 0 2px; }
    .matrix.dense .edge { font-size: 10px; }
    """

  private static let gallery = """
    .gallery { display: grid; gap: 14px;
      grid-template-columns: repeat(auto-fill, minmax(168px, 1fr)); }
    .gallery figure { margin: 0; padding: 0; overflow: hidden; }
    .gallery img, .missing { display: block; width: 100%; aspect-ratio: 1; object-fit: contain;
      background: #ffffff; border-bottom: 1px solid var(--rule); }
    .missing { display: grid; place-items: center; background: var(--page); color: var(--muted);
      font-size: 13px; }
    .gallery figcaption { padding: 10px 12px 12px; font-size: 14px; line-height: 1.4;
      overflow-wrap: anywhere; }
    .caption { font-weight: 600; }
    .detail { color: var(--muted); }
    .file { margin-top: 4px; color: var(--muted); font-size: 12px; }
    """

  private static let media = """
    @media (max-width: 600px) {
      main { padding: 28px 16px 24px; }
      h1 { font-size: 26px; }
      section { margin-top: 32px; }
      .card { padding: 14px; }
      .figures { grid-template-columns: repeat(2, 1fr); gap: 10px; }
      .figure-value { font-size: 26px; }
      .gallery { grid-template-columns: repeat(2, 1fr); gap: 10px; }
      svg text { font-size: 16px; }
      .matrix { font-size: 13px; }
      .matrix td { min-width: 42px; height: 34px; padding: 0 4px; }
      .matrix th { max-width: 110px; }
    }
    @media print {
      @page { margin: 14mm; }
      :root { color-scheme: light; --page: #ffffff; }
      body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      main { max-width: none; padding: 0; }
      section { margin-top: 24px; }
      h2 { break-after: avoid; }
      .card, tr { break-inside: avoid; }
      .scroll { overflow: visible; }
      .charts { grid-template-columns: 1fr 1fr; }
      .figures { grid-template-columns: repeat(4, 1fr); }
      .gallery { grid-template-columns: repeat(5, 1fr); }
      details:not([open]) { display: none; }
    }
    """
}
