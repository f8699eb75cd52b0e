package dev.holdfast.weave;

import dev.holdfast.weave.ClassConstants.Member;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
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

    AdapterCheck(Instrumentation instrumentation, ClientLoader loader, Relocations relocations) {
        this.instrumentation = instrumentation;
        this.loader = loader;
        this.relocations = relocations;
    }

    /**
     * Looks all of it up.
     *
     * @param adapterClass where to begin: this class of the adapter and those that it names
     * @return the first thing that the library lacks; null: it has all
     */
    @Nullable
    String missing(String adapterClass) throws IOException {
        Set<String> known = new LinkedHashSet<>(Set.of(adapterClass));
        ArrayDeque<String> open = new ArrayDeque<>(known);
        while (!open.isEmpty()) {
            String name = open.remove();
            ClassConstants constants = loader.constants(name);
            for (String used : constants.classes()) {
                String dotted = used.replace('/', '.');
                if (loader.isAdapter(dotted) && known.add(dotted)) {
                    open.add(dotted);
                }
            }
            String missing = missing(name, constants);
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private @Nullable String missing(String name, ClassConstants constants) {
        for (String used : constants.classes()) {
            if (isOfLibrary(used) && !isVisible(used)) {
                return "class " + relocations.map(used).replace('/', '.');
            }
        }
        Class<?> adapter;
        MethodHandles.Lookup lookup;
        try {
            adapter = Class.forName(name, false, loader);
            lookup = MethodHandles.privateLookupIn(adapter, MethodHandles.lookup());
        } catch (ReflectiveOperationException | LinkageError e) {
            return e.toString();
        }
        for (Member member : constants.members()) {
            if (isOfLibrary(member.owner()) && !has(lookup, member)) {
                return mapped(member).toString();
            }
        }
        return unimplemented(adapter);
    }

    private boolean isOfLibrary(String name) {
        return relocations.has(name);
    }

    /** Returns whether there is such a class; its package is exported to the adapter. */
    private boolean isVisible(String name) {
        try {
            Class<?> type = Class.forName(relocations.map(name).replace('/', '.'), false, loader);
            export(type.getModule(), type.getPackageName());
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
        Set<Module> users = Set.of(loader.getUnnamedModule(), AdapterCheck.class.getModule());
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
        Member member = mapped(named);
        try {
            Class<?> owner = Class.forName(member.owner().replace('/', '.'), false, loader);
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
