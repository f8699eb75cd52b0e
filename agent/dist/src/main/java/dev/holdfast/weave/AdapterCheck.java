package dev.holdfast.weave;

import dev.holdfast.weave.ClassConstants.Member;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a copy of a library has all that an adapter needs of it, before the adapter is used: each class,
 * field and method of the library that the adapter's classes name is looked up as the JVM would do it when it links
 * them. Without that, a copy that lacks one would end in a {@code LinkageError} in the middle of somebody's call.
 * Initializes no class. Not thread-safe.
 */
final class AdapterCheck {
    private final Instrumentation instrumentation;
    private final ClientLoader loader;
    private final Relocations relocations;
    private final List<String> library;

    /** The modules that are to see the library: those of the adapter and of this class. */
    private final Set<Module> users;

    /** The classes that were looked up, by their names as published. */
    private final Map<String, Class<?>> types = new HashMap<>();

    /** The members that were found, where it does not matter for which of the adapter's classes. */
    private final Set<String> found = new HashSet<>();

    AdapterCheck(Instrumentation instrumentation, ClientLoader loader, Relocations relocations) {
        this.instrumentation = instrumentation;
        this.loader = loader;
        this.relocations = relocations;
        this.library = relocations.packages();
        this.users = Set.of(loader.getUnnamedModule(), AdapterCheck.class.getModule());
    }

    /**
     * Looks all of it up.
     *
     * @param adapterClass where to begin: this class of the adapter and those that it names
     * @return the first thing that the library lacks; null: it has all
     */
    @Nullable
    String missing(String adapterClass) throws IOException {
        List<String> ofInterest = new ArrayList<>(library);
        ofInterest.add(loader.adapterPackage().replace('.', '/'));
        MethodHandles.Lookup common;
        try {
            common = lookup(Class.forName(adapterClass, false, loader));
        } catch (ReflectiveOperationException | LinkageError e) {
            return e.toString();
        }
        Set<String> known = new HashSet<>(Set.of(adapterClass));
        ArrayDeque<String> open = new ArrayDeque<>(known);
        while (!open.isEmpty()) {
            String name = open.remove();
            ClassConstants constants = new ClassConstants(loader.classfile(name));
            for (String used : constants.classes(ofInterest)) {
                String dotted = used.replace('/', '.');
                if (!loader.isAdapter(dotted)) {
                    if (!isVisible(used)) {
                        return "class " + relocations.map(dotted);
                    }
                } else if (known.add(dotted)) {
                    open.add(dotted);
                }
            }
            String missing =
                    constants.inherits(ofInterest) ? missingOfHeir(name, constants) : missing(common, constants, found);
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private static MethodHandles.Lookup lookup(Class<?> adapter) throws IllegalAccessException {
        return MethodHandles.privateLookupIn(adapter, MethodHandles.lookup());
    }

    /**
     * A class with a supertype of the library, maybe by way of another class of the adapter's. It is loaded for the
     * check: it can use what is protected, and must have what the supertype lacks. The others are loaded when they are
     * needed, of which a first call needs half.
     */
    private @Nullable String missingOfHeir(String name, ClassConstants constants) {
        try {
            Class<?> adapter = Class.forName(name, false, loader);
            String missing = missing(lookup(adapter), constants, new HashSet<>());
            return missing == null ? unimplemented(adapter) : missing;
        } catch (ReflectiveOperationException | LinkageError e) {
            return e.toString();
        }
    }

    private @Nullable String missing(MethodHandles.Lookup lookup, ClassConstants constants, Set<String> known) {
        for (Member member : constants.members(library)) {
            if (known.add(member.owner() + ' ' + member.name() + ' ' + member.descriptor()) && !has(lookup, member)) {
                return mapped(member).toString();
            }
        }
        return null;
    }

    /** Returns whether there is such a class; its package is exported to the adapter. */
    private boolean isVisible(String name) {
        if (types.containsKey(name)) {
            return true;
        }
        try {
            Class<?> type = Class.forName(relocations.map(name).replace('/', '.'), false, loader);
            if (type.getModule().isNamed()) {
                export(type.getModule(), type.getPackageName());
            }
            types.put(name, type);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /**
     * Exports a package to the adapter, which needs no permission of the library's module; and to this module, as a
     * look-up in a class of another module finds what both of them see.
     */
    private void export(Module module, String packageName) {
        for (Module user : users) {
            if (!module.isExported(packageName, user)) {
                instrumentation.redefineModule(
                        module, Set.of(), Map.of(packageName, users), Map.of(), Set.of(), Map.of());
            }
        }
    }

    private Member mapped(Member member) {
        return new Member(
                member.field(), relocations.map(member.owner()), member.name(), relocations.map(member.descriptor()));
    }

    private boolean has(MethodHandles.Lookup lookup, Member named) {
        Class<?> owner = types.get(named.owner());
        if (owner == null) {
            return false;
        }
        Member member = mapped(named);
        try {
            MethodType type = MethodType.fromMethodDescriptorString(
                    member.field() ? "()" + member.descriptor() : member.descriptor(), loader);
            return member.field()
                    ? hasField(lookup, owner, member.name(), type.returnType())
                    : hasMethod(lookup, owner, member.name(), type);
        } catch (ReflectiveOperationException | LinkageError | TypeNotPresentException e) {
            return false;
        }
    }

    private static boolean hasField(MethodHandles.Lookup lookup, Class<?> owner, String name, Class<?> type)
            throws ReflectiveOperationException {
        try {
            return lookup.findGetter(owner, name, type) != null;
        } catch (NoSuchFieldException | IllegalAccessException e) {
            return lookup.findStaticGetter(owner, name, type) != null;
        }
    }

    private static boolean hasMethod(MethodHandles.Lookup lookup, Class<?> owner, String name, MethodType type)
            throws ReflectiveOperationException {
        if (name.equals("<init>")) {
            return lookup.findConstructor(owner, type) != null;
        }
        try {
            return lookup.findVirtual(owner, name, type) != null;
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return lookup.findStatic(owner, name, type) != null;
        }
    }

    /** A method that the adapter's class inherits from a newer library and does not implement. */
    private static @Nullable String unimplemented(Class<?> adapter) {
        if (Modifier.isAbstract(adapter.getModifiers())) {
            return null;
        }
        try {
            for (Method method : adapter.getMethods()) {
                if (Modifier.isAbstract(method.getModifiers())) {
                    return "an implementation of " + method;
                }
            }
            return null;
        } catch (LinkageError e) {
            return e.toString();
        }
    }
}
