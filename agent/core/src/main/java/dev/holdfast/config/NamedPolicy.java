package dev.holdfast.config;

import java.util.List;

/**
 * A named policy as a file defines it. Hosts put their own settings over it.
 *
 * @param name what it is called
 * @param path the path of its table
 * @param at where its table begins
 * @param settings what it sets itself
 * @param routes its routes, which each of its hosts has
 */
record NamedPolicy(String name, String path, Position at, Settings settings, List<RouteDefinition> routes) {
    /** The names of the policies that it builds on itself. */
    List<String> bases() {
        List<String> bases = settings.setting(Keys.POLICY).found();
        return bases == null ? List.of() : bases;
    }

    // By identity: there is one of each name in a file.

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
