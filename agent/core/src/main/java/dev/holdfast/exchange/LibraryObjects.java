package dev.holdfast.exchange;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at objects of one copy of a library, through fields that are not public: nothing of them is called. Names are
 * those behind the library's root package, so that they are the same in copies that were relocated. Immutable.
 */
public final class LibraryObjects {
    private final String root;
    private final ClassLoader loader;
    private final ClassLoader otherLoader;

    /**
     * The objects of a copy.
     *
     * @param one a class of it
     * @param name its name behind the root package
     * @param other another class, perhaps in another archive
     */
    public LibraryObjects(Class<?> one, String name, Class<?> other) {
        String whole = one.getName();
        if (!whole.endsWith(name)) {
            throw new IllegalArgumentException(whole);
        }
        this.root = whole.substring(0, whole.length() - name.length());
        this.loader = one.getClassLoader();
        this.otherLoader = other.getClassLoader();
    }

    /** The name of an object's class behind the library's root package; empty: it is none of this copy's. */
    public String nameOf(Object object) {
        return nameOf(object.getClass());
    }

    private String nameOf(Class<?> type) {
        String name = type.getName();
        ClassLoader its = type.getClassLoader();
        return (its == loader || its == otherLoader) && name.startsWith(root) ? name.substring(root.length()) : "";
    }

    /** Returns whether an object is of a class of this copy. */
    public boolean has(@Nullable Object object) {
        return object != null && !nameOf(object).isEmpty();
    }

    /**
     * Returns whether an object does what one of this copy does: it is one, or of a class below it that overrides
     * nothing but one method.
     *
     * @param method its name, whatever its parameters
     */
    public boolean behaves(Object object, String method) {
        for (Class<?> type = object.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            if (!nameOf(type).isEmpty()) {
                return true;
            }
            for (Method declared : type.getDeclaredMethods()) {
                boolean overrides =
                        !Modifier.isStatic(declared.getModifiers()) && !Modifier.isPrivate(declared.getModifiers());
                if (overrides && !declared.getName().equals(method)) {
                    return false;
                }
            }
        }
        return false;
    }

    /**
     * Returns whether an object is a table of objects that are all of this copy.
     *
     * @param registry the name of the table's class, which has a field {@code map}
     */
    public boolean isOwn(@Nullable Object object, String registry) throws NoSuchFieldException {
        return object != null
                && nameOf(object).equals(registry)
                && field(object, "map") instanceof Map<?, ?> map
                && map.values().stream().allMatch(this::has);
    }

    /** Returns whether an object's class, or one above it, has a field. */
    public boolean hasField(Object object, String name) {
        for (Field field : fields(object)) {
            if (field.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The value of a field of an object's class, or one above it.
     *
     * @throws NoSuchFieldException if there is none, or it cannot be read: nothing is known of this version
     */
    public @Nullable Object field(Object object, String name) throws NoSuchFieldException {
        for (Field field : fields(object)) {
            if (field.getName().equals(name)) {
                return value(field, object);
            }
        }
        throw new NoSuchFieldException(name);
    }

    /**
     * Gives an object the values that another one of the same class has in its fields, but for those that never change;
     * of a field {@code map}, whose map it keeps, the entries.
     */
    public void copyFields(Object from, Object to) throws NoSuchFieldException {
        if (from.getClass() != to.getClass()) {
            throw new IllegalArgumentException(to.getClass().getName());
        }
        for (Field field : fields(from)) {
            Object value = value(field, from);
            Object kept = value(field, to);
            if (value instanceof Map<?, ?> entries && kept instanceof Map<?, ?> map) {
                putAll(map, entries);
            } else if (!Modifier.isFinal(field.getModifiers())) {
                set(field, to, value);
            }
        }
    }

    @SuppressWarnings("unchecked") // both are of one type
    private static void putAll(Map<?, ?> map, Map<?, ?> entries) {
        ((Map<Object, Object>) map).putAll(entries);
    }

    private static void set(Field field, Object object, @Nullable Object value) throws NoSuchFieldException {
        try {
            field.set(object, value);
        } catch (IllegalAccessException e) {
            NoSuchFieldException unwritable = new NoSuchFieldException(field.getName());
            unwritable.initCause(e);
            throw unwritable;
        }
    }

    /** The fields of an object's class and of those above it. */
    static List<Field> fields(Object object) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> type = object.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    // The library is in no named module that would not let us; where it is, nothing is known of it.
    @SuppressWarnings("PMD.AvoidAccessibilityAlteration")
    static @Nullable Object value(Field field, Object object) throws NoSuchFieldException {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException | RuntimeException e) {
            NoSuchFieldException unreadable = new NoSuchFieldException(field.getName());
            unreadable.initCause(e);
            throw unreadable;
        }
    }
}
