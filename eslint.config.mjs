// By path, since the packages live beside the other tools and not at the top (scripts/lint_javascript.sh).
import js from "./.venv/eslint/node_modules/@eslint/js/src/index.js";
import globals from "./.venv/eslint/node_modules/globals/index.js";

export default [
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow-restricted-names": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // Plain scripts that Dash serves: each is a function of its own and meets the others on window.
    files: ["assets/**/*.js"],
    languageOptions: { sourceType: "script", globals: globals.browser },
    rules: { strict: ["error", "function"] },
  },
  { files: ["tests/js/**/*.mjs"], languageOptions: { globals: globals.node } },
];
