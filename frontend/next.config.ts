import type { NextConfig } from 'next';

/**
 * The web app is a folder of files: `exodus` (or nginx) serves `out/`, so nothing here may need a
 * Node server at run time. Detail pages take their id from the query string for the same reason.
 */
const config: NextConfig = {
  output: 'export',
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
};

export default config;
