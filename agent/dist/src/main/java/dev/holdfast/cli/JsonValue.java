package dev.holdfast.cli;

import dev.holdfast.observe.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A JSON value, to be looked into by somebody who need not know all of it: the agent in the other JVM may be older or
 * newer, and what it does not tell is empty here.
 *
 * @param value a {@code Map}, a {@code List}, a {@code String}, a {@code Number}, a {@code Boolean}; null for null and
 *     nothing
 */
record JsonValue(@Nullable Object value) {
    /** Reads a text. */
    static JsonValue read(String text) {
        try (JsonParser json = Json.parser(text)) {
            return new JsonValue(value(json, json.nextToken()));
        }
    }

    private static @Nullable Object value(JsonParser json, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> properties = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    properties.put(name, value(json, json.nextToken()));
                }
                yield properties;
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
                    items.add(value(json, next));
                }
                yield items;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** A property of an object. */
    JsonValue get(String name) {
        return new JsonValue(value instanceof Map<?, ?> properties ? properties.get(name) : null);
    }

    /** The items of an array. */
    List<JsonValue> items() {
        List<JsonValue> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> items.add(new JsonValue(item)));
        }
        return items;
    }

    /** The properties of an object, by name. */
    Map<String, JsonValue> properties() {
        Map<String, JsonValue> all = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, item) -> all.put((String) name, new JsonValue(item)));
        }
        return all;
    }

    boolean isNothing() {
        return value == null;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    /** A text; empty where there is none. */
    String text() {
        return value == null ? "" : String.valueOf(value);
    }

    /** A number; 0 where there is none. */
    double number() {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    /** A whole number; 0 where there is none. */
    long count() {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
