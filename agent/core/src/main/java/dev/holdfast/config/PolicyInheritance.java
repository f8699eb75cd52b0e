package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.HostPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Works out which named policies the settings of a host or a route build on. Most files have none. */
final class PolicyInheritance {
    private final Problems problems;
    private final TableReader tables;
    private final RouteReader routes;
    /** Null where the file has none, and names none. */
    private @Nullable PolicyDefinitions definitions;

    PolicyInheritance(Problems problems, TableReader tables, RouteReader routes) {
        this.problems = problems;
        this.tables = tables;
        this.routes = routes;
    }

    /** The definitions, where the file has any; else null. */
    @Nullable
    PolicyDefinitions known() {
        return definitions;
    }

    /** The definitions, made where there are none yet. */
    PolicyDefinitions definitions() {
        PolicyDefinitions made = definitions;
        if (made == null) {
            made = new PolicyDefinitions(problems, tables, routes);
            definitions = made;
        }
        return made;
    }

    /**
     * The named policies below some settings, in ascending order of precedence.
     *
     * @param pattern the host's; null for a route
     * @param own what the host or route sets itself
     */
    List<NamedPolicy> chain(@Nullable HostPattern pattern, Settings own) {
        List<String> member = definitions == null ? List.of() : definitions.memberOf(pattern);
        Setting<List<String>> names = own.setting(Keys.POLICY);
        return member.isEmpty() && names.builtIn() ? List.of() : definitions().chain(member, names);
    }

    /** Puts named policies over settings, the last one on top. */
    static Settings over(List<NamedPolicy> chain, Settings base) {
        Settings settings = base;
        for (NamedPolicy policy : chain) {
            settings = new Settings(settings, policy.settings());
        }
        return settings;
    }
}
