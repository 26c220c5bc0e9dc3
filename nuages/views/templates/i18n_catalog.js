{% autoescape off %}'use strict';
(function(globals) {
  const django = globals.django = globals.django || {};
{% if plural %}
  django.pluralidx = function(n) {
    const which = {{ plural }};
    return typeof which === 'boolean' ? Number(which) : which;
  };
{% else %}
  django.pluralidx = function(count) { return (count == 1) ? 0 : 1; };
{% endif %}
  django.catalog = django.catalog || {};
{% if catalog_str %}
  Object.assign(django.catalog, {{ catalog_str }});
{% endif %}
  // A later script on the page adds its messages; the functions stay those of the first.
  if (!django.jsi18n_initialized) {
    const known = function(key) { return Object.hasOwn(django.catalog, key) ? django.catalog[key] : undefined; };
    const first = function(found) { return Array.isArray(found) ? found[0] : found; };
    const inContext = function(context, text) { return context + '\x04' + text; };
    django.gettext = function(text) { return first(known(text)) ?? text; };
    django.ngettext = function(singular, plural, count) {
      const found = known(singular);
      return found === undefined ? (count == 1 ? singular : plural) : found[django.pluralidx(count)];
    };
    django.gettext_noop = function(text) { return text; };
    django.pgettext = function(context, text) { return first(known(inContext(context, text))) ?? text; };
    django.npgettext = function(context, singular, plural, count) {
      const found = known(inContext(context, singular));
      return found === undefined ? (count == 1 ? singular : plural) : found[django.pluralidx(count)];
    };
    django.interpolate = function(text, values, named) {
      if (named) { return text.replace(/%\(\w+\)s/g, function(mark) { return String(values[mark.slice(2, -2)]); }); }
      const left = Array.from(values);
      return text.replace(/%s/g, function() { return String(left.shift()); });
    };
    django.formats = {{ formats_str }};
    django.get_format = function(name) { return Object.hasOwn(django.formats, name) ? django.formats[name] : name; };
    for (const name of ['pluralidx', 'gettext', 'ngettext', 'interpolate', 'get_format', 'gettext_noop', 'pgettext', 'npgettext']) {
      globals[name] = django[name];
    }
    django.jsi18n_initialized = true;
  }
}(this));
{% endautoescape %}
