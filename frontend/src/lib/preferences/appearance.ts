import { PREFERENCES_KEY, type ColorConvention, type Locale, type Theme } from './store';

/** Writes the appearance onto `<html>`, where the style sheet reads it. */
export function applyAppearance(theme: Theme, colors: ColorConvention, locale: Locale): void {
  const root = document.documentElement;
  const dark =
    theme === 'dark' ||
    (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
  root.dataset.colors = colors;
  root.lang = locale;
}

/**
 * The same, as a script that runs before the first paint. Without it a dark page would flash
 * white while the app loads.
 */
export const appearanceScript = `(function(){try{
var p=JSON.parse(localStorage.getItem(${JSON.stringify(PREFERENCES_KEY)})||'{}').state||{};
var r=document.documentElement,t=p.theme||'system';
if(t==='dark'||(t==='system'&&matchMedia('(prefers-color-scheme: dark)').matches))r.classList.add('dark');
r.dataset.colors=p.colors||'korean';r.lang=p.locale||'ko';
}catch(e){document.documentElement.dataset.colors='korean'}})();`;
