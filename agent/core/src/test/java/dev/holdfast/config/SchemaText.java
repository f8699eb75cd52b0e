package dev.holdfast.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the JSON Schema from the definitions of the keys, for editors that complete and check TOML by one (Taplo, and
 * Even Better TOML, which is made of it): what the shipped one must be, to the letter. It is JSON Schema draft 7
 * without what draft 4 does not have. It says less than the parser checks: neither the range of a duration nor any
 * combination.
 */
final class SchemaText {
    private static final String DURATION = "([0-9.]+(d|h|m|s|ms|us|ns))+";
    private static final String TOKEN = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
    private static final Map<String, Object> VARIABLE = ref("variable");
    private static final Map<String, Object> CLASS_NAME = string("^[^.\\s/-]+(\\.[^.\\s/-]+)+$");

    private SchemaText() {}

    static String write() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("title", "Holdfast");
        schema.put("description", "The configuration of Holdfast. Every key with its default: reference.toml.");
        Map<String, Object> top = table("", key -> true);
        properties(top)
                .put(
                        "hosts",
                        described(
                                map(
                                        "type",
                                        "object",
                                        "patternProperties",
                                        Map.of("^[^@/\\s]+(/[0-9]+(:.*)?)?$", ref("host")),
                                        "additionalProperties",
                                        false),
                                "What single hosts need otherwise: [hosts.\"api.example.com\".retry], *.example.com, "
                                        + "api-*.example.com, 10.0.0.0/8, <single-label> or *,"
                                        + " each with an optional port. The most specific wins."));
        properties(top)
                .put(
                        "policies",
                        described(
                                map(
                                        "type",
                                        "object",
                                        "patternProperties",
                                        Map.of("^[^:]+$", ref("policy")),
                                        "additionalProperties",
                                        false),
                                "What hosts and routes have in common: [policies.search.retry], which they build on by "
                                        + "policy = \"search\"."));
        schema.putAll(top);
        Map<String, Object> host = table("", key -> key.perHost());
        properties(host)
                .put(
                        "routes",
                        described(
                                map("type", "array", "items", ref("route")),
                                "What some requests to the host need otherwise. The most specific wins."));
        Map<String, Object> route = table("", key -> key.perHost());
        Map<String, Object> ofRoutes = new LinkedHashMap<>();
        for (Key<?> key : Keys.ofRoutes()) {
            ofRoutes.put(key.name(), value(key));
        }
        Map<String, Object> policy = new LinkedHashMap<>(host);
        Map<String, Object> ofPolicies = new LinkedHashMap<>();
        for (Key<?> key : Keys.ofNamed()) {
            ofPolicies.put(key.name(), value(key));
        }
        for (Key<?> key : Keys.ofBuilding()) {
            ofPolicies.put(key.name(), value(key));
            properties(host).put(key.name(), value(key));
            ofRoutes.put(key.name(), value(key));
        }
        ofPolicies.putAll(properties(host));
        policy.put("properties", ofPolicies);
        ofRoutes.putAll(properties(route));
        route.put("properties", ofRoutes);
        route.put("required", List.of("path"));
        Map<String, Object> definitions = new LinkedHashMap<>();
        definitions.put(
                "variable",
                described(
                        string("\\$\\{[^}]+\\}"), "A value from outside: ${NAME}, ${NAME:-default} or ${file:PATH}."));
        definitions.put("host", host);
        definitions.put("route", route);
        definitions.put("policy", policy);
        for (Key<?> key : Keys.all()) {
            definitions.put(key.path(), value(key));
        }
        schema.put("definitions", definitions);
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        return JsonMapper.shared().writer().with(printer).writeValueAsString(schema) + "\n";
    }

    /** A table with the keys and tables below it, as far as they are wanted. */
    private static Map<String, Object> table(String path, Predicate<Key<?>> wanted) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Key<?> key : Keys.all()) {
            if (key.section().path().equals(path) && wanted.test(key)) {
                properties.put(key.name(), ref(key.path()));
            }
        }
        for (Section section : Keys.sections()) {
            if (!section.path().isEmpty() && section.parent().equals(path)) {
                Map<String, Object> inner = table(section.path(), wanted);
                if (!properties(inner).isEmpty()) {
                    properties.put(section.name(), described(inner, section.meaning()));
                }
            }
        }
        return map("type", "object", "additionalProperties", false, "properties", properties);
    }

    @SuppressWarnings("unchecked") // as table() made it
    private static Map<String, Object> properties(Map<String, Object> table) {
        return (Map<String, Object>) table.get("properties");
    }

    private static Map<String, Object> value(Key<?> key) {
        Map<String, Object> schema = described(new LinkedHashMap<>(type(key)), key.meaning());
        schema.put("default", key.standard());
        String range = key.range().isEmpty() ? "" : ", " + key.range();
        String docs = key.meaning() + "\n\n*" + key.type().label() + range + "*; default `"
                + ReferenceText.literal(key.standard()) + "`";
        schema.put("x-taplo", Map.of("docs", Map.of("main", docs)));
        return schema;
    }

    /**
     * The values of a key, or a text with a variable in it where they would be texts of a certain form, or no texts.
     */
    private static Map<String, Object> type(Key<?> key) {
        Map<String, Object> written = writtenType(key);
        boolean table = !Overrides.isSingle(key.type());
        if (table || key.type() == ValueType.TEXT || key.type() == ValueType.FILE) {
            return written;
        }
        List<Object> choices = new ArrayList<>();
        if (written.get("anyOf") instanceof List<?> several) {
            choices.addAll(several);
        } else {
            choices.add(written);
        }
        choices.add(VARIABLE);
        return map("anyOf", choices);
    }

    private static Map<String, Object> writtenType(Key<?> key) {
        return switch (key.type()) {
            case FLAG -> map("type", "boolean");
            case INTEGER -> integer(key);
            case DECIMAL -> map("type", "number", "minimum", key.min(), "maximum", key.max());
            case DURATION -> string("^" + DURATION + "$");
            case SIZE -> anyOf(integer(key), string("^([0-9.]+(GiB|MiB|KiB|B))+$"));
            case CHOICE -> words(key.choices().words());
            case CHOICES ->
                anyOf(words(key.choices().words()), array(words(key.choices().words())));
            case JITTER -> {
                List<Object> all = new ArrayList<>(List.of(true, false));
                all.addAll(key.choices().words());
                yield words(all);
            }
            case STATUSES -> array(integer(key));
            case STATUS_RANGES -> array(anyOf(integer(key), string("^[2-5][0-9]{2}-[2-5][0-9]{2}$")));
            case ERRORS -> array(anyOf(words(key.choices().words()), CLASS_NAME));
            case OUTCOMES -> array(anyOf(integer(key), words(key.choices().words()), CLASS_NAME));
            case NAMES -> anyOf(string("."), array(string(".")));
            case TEXTS -> anyOf(string("[\\s\\S]"), array(string("[\\s\\S]")));
            case POINTERS ->
                map(
                        "type",
                        "object",
                        "patternProperties",
                        Map.of(
                                "^(/([^~]|~[01])*)?$",
                                anyOf(
                                        map("type", List.of("string", "integer", "boolean")),
                                        notEmpty(array(map("type", List.of("string", "integer", "boolean")))))),
                        "additionalProperties",
                        false);
            case HEADER_NAMES, METHODS -> array(string(TOKEN));
            case HOST_NAMES -> array(string("^[A-Za-z0-9._-]+$"));
            case ANSWERS -> {
                Map<String, Object> response =
                        table(key.section().path(), inner -> inner.section().equals(key.section()) && inner != key);
                yield array(response);
            }
            case CONDITIONS -> {
                Map<String, Object> properties = new LinkedHashMap<>();
                for (Key<?> inner : RetryKeys.CONDITION.keys()) {
                    properties.put(inner.name(), value(inner));
                }
                yield array(map(
                        "type",
                        "object",
                        "additionalProperties",
                        false,
                        "properties",
                        properties,
                        "required",
                        List.of("action")));
            }
            case HEADERS ->
                map(
                        "type",
                        "object",
                        "patternProperties",
                        Map.of(TOKEN, anyOf(map("type", "string"), notEmpty(array(map("type", "string"))))),
                        "additionalProperties",
                        false);
            case ATTRIBUTES ->
                map("type", "object", "additionalProperties", anyOf(map("type", "string"), map("type", "object")));
            case WINDOW -> anyOf(integer(key), string("^" + DURATION + "$"));
            case ATTEMPT_HEADER -> string("^$|^[!#$%&'*+.^_`|~0-9A-Za-z-]+$");
            case RATE -> string("^$|^[0-9]+/([0-9.]*(d|h|m|s|ms|us|ns))+$");
            case HEDGE_DELAY -> string("^$|^p95$|^" + DURATION + "$");
            case TEXT, FILE -> map("type", "string");
            case ADDRESS -> string("^$|^[^@/ ]+:[0-9]{1,5}$");
            case URL -> string("^$|^[hH][tT][tT][pP][sS]?://[^@\\s]+$");
        };
    }

    private static Map<String, Object> integer(Key<?> key) {
        return map("type", "integer", "minimum", (long) key.min(), "maximum", (long) key.max());
    }

    private static Map<String, Object> string(String pattern) {
        return map("type", "string", "pattern", pattern);
    }

    private static Map<String, Object> words(List<?> words) {
        return map("enum", words);
    }

    private static Map<String, Object> array(Map<String, Object> items) {
        boolean takesAny = items.equals(map("type", "string")) || "object".equals(items.get("type"));
        return map("type", "array", "items", takesAny || items.containsKey("$ref") ? items : anyOf(items, VARIABLE));
    }

    private static Map<String, Object> notEmpty(Map<String, Object> array) {
        array.put("minItems", 1);
        return array;
    }

    @SafeVarargs
    private static Map<String, Object> anyOf(Map<String, Object>... choices) {
        return map("anyOf", List.of(choices));
    }

    private static Map<String, Object> ref(String definition) {
        return map("$ref", "#/definitions/" + definition);
    }

    private static Map<String, Object> described(Map<String, Object> schema, String meaning) {
        schema.put("description", meaning);
        return schema;
    }

    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
