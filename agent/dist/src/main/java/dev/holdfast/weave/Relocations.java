package dev.holdfast.weave;

import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.ClientInstrumentation.Companion;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names of one copy of a library, and those of the libraries that it brings along, which a vendor may have moved to
 * other root packages.
 *
 * @param all the library's first
 */
record Relocations(List<Relocation> all) {
    /** Copies the list. */
    Relocations {
        all = List.copyOf(all);
    }

    /**
     * Finds out where a copy has what it brings along: its own methods speak of it.
     *
     * @param library of the copy
     * @param loader that has the copy; null: the boot loader
     * @throws ClassNotFoundException if the copy lacks a class by which that is found
     */
    static Relocations of(Relocation library, ClientInstrumentation instrumentation, @Nullable ClassLoader loader)
            throws ClassNotFoundException {
        List<Relocation> all = new ArrayList<>();
        all.add(library);
        for (Companion companion : instrumentation.companions()) {
            all.add(new Relocation(companion.rootPackage(), root(library, companion, loader)));
        }
        return new Relocations(all);
    }

    private static String root(Relocation library, Companion companion, @Nullable ClassLoader loader)
            throws ClassNotFoundException {
        String end =
                companion.type().substring(companion.rootPackage().length()).replace('/', '.');
        Class<?> witness = Class.forName(library.map(companion.witness()).replace('/', '.'), false, loader);
        for (Method method : witness.getDeclaredMethods()) {
            if (method.getName().equals(companion.method())) {
                for (Class<?> parameter : method.getParameterTypes()) {
                    String name = parameter.getName();
                    if (name.endsWith(end)) {
                        return name.substring(0, name.length() - end.length()).replace('.', '/');
                    }
                }
            }
        }
        return companion.rootPackage();
    }

    /** Returns whether any of the libraries was moved. */
    boolean areMoved() {
        for (Relocation relocation : all) {
            if (relocation.isMoved()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the root packages of the libraries as published, with slashes and one at the end. */
    List<String> packages() {
        List<String> packages = new ArrayList<>();
        for (Relocation relocation : all) {
            packages.add(relocation.from() + '/');
        }
        return packages;
    }

    /** The names in the copy of what a text names as published. See {@link Relocation#map}. */
    String map(String text) {
        String mapped = text;
        for (Relocation relocation : all) {
            mapped = relocation.map(mapped);
        }
        return mapped;
    }
}
