package dev.holdfast.exchange;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads all attributes of the context that a program gives to a call. A context whose attributes cannot all be known is
 * not read: what it keeps may be who asks. Immutable.
 *
 * @param objects the library's copy
 * @param types the classes of contexts that keep their attributes in nothing but the fields that are known
 * @param typed the attributes that a class of contexts keeps in a field each: the name of the attribute by that of the
 *     field. Of such a class the library does not read an attribute of that name anywhere else.
 * @param results the attributes that the library writes, and does not read for a next request
 */
public record ContextAttributes(
        LibraryObjects objects, Set<String> types, Map<String, String> typed, Set<String> results) {
    private static final int DEEPEST = 8;
    private static final String MAP = "map";
    private static final String VERSION = "version";

    /** The fields in which a context has another one behind it; the attributes of an earlier one win. */
    private static final List<String> OTHERS = List.of("local", "context", "parentContext", "defaults");

    /** The attributes of a context that say something: all but {@link #results}; null: they are not all known. */
    public @Nullable Map<String, Object> of(Object context) throws NoSuchFieldException {
        Map<String, Object> attributes = new HashMap<>();
        return read(context, attributes, 0) ? attributes : null;
    }

    private boolean read(Object context, Map<String, Object> attributes, int depth) throws NoSuchFieldException {
        if (depth == DEEPEST || !types.contains(objects.nameOf(context))) {
            return false;
        }
        boolean isTyped = false;
        Map<String, Object> behind = new HashMap<>();
        Map<String, Object> others = new HashMap<>();
        for (Field field : LibraryObjects.fields(context)) {
            String name = field.getName();
            String attribute = typed.get(name);
            isTyped |= attribute != null;
            Object value = LibraryObjects.value(field, context);
            if (value == null || name.equals(VERSION)) {
                continue;
            }
            if (attribute != null) {
                add(attribute, value, attributes);
            } else if (name.equals(MAP) && value instanceof Map<?, ?> map) {
                map.forEach((key, entry) -> add(String.valueOf(key), entry, behind));
            } else if (OTHERS.contains(name)) {
                others.put(name, value);
            } else {
                return false;
            }
        }
        for (String other : OTHERS) {
            Object next = others.get(other);
            if (next != null && !read(next, behind, depth + 1)) {
                return false;
            }
        }
        behind.forEach(attributes::putIfAbsent);
        return !isTyped || behind.isEmpty();
    }

    private void add(String attribute, @Nullable Object value, Map<String, Object> attributes) {
        if (value != null && !results.contains(attribute)) {
            attributes.putIfAbsent(attribute, value);
        }
    }
}
