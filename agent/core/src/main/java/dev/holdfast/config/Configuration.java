package dev.holdfast.config;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.Route;
import dev.holdfast.policy.StoreSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file that was read and found good. Immutable.
 *
 * @param file the name of the file, as the user gave it
 * @param policies the policy of each host pattern with its routes, defaults merged in, in the order of the file;
 *     {@code *} is there if the file has a {@code [retry]} table or names it under {@code [hosts]}
 * @param warnings what the author of the file should know, in the order of the file
 * @param notes what the author of the file may want to know, though nothing is wrong with it, in the order of the file
 * @param observabilityConfig how Holdfast is seen from outside
 * @param store the store that several JVMs share; null for none
 * @param clientsOff the names of the HTTP clients whose calls run unmodified, each with the line that says so
 * @param provenance which line each value of each policy comes from
 * @param fingerprint of the text
 */
public record Configuration(
        String file,
        Map<HostPattern, Policy> policies,
        List<Problem> warnings,
        List<Problem> notes,
        ObservabilityConfig observabilityConfig,
        @Nullable StoreSettings store,
        Map<String, Integer> clientsOff,
        SettingProvenance provenance,
        Fingerprint fingerprint) {
    /** Copies the collections; the policies keep their order. */
    public Configuration {
        policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
        warnings = List.copyOf(warnings);
        notes = List.copyOf(notes);
        clientsOff = Collections.unmodifiableMap(clientsOff);
    }

    /** Returns the configuration that is in force while no file can be used: it has no policy. */
    public static Configuration withoutPolicies(String file, ObservabilityConfig observabilityConfig) {
        return new Configuration(
                file,
                Map.of(),
                List.of(),
                List.of(),
                observabilityConfig,
                null,
                Map.of(),
                new SettingProvenance(file),
                Fingerprint.NONE);
    }

    /** The same with warnings that concern the file as a whole. */
    Configuration with(List<Problem> more) {
        List<Problem> all = new ArrayList<>(more);
        all.addAll(warnings);
        return new Configuration(
                file, policies, all, notes, observabilityConfig, store, clientsOff, provenance, fingerprint);
    }

    /** The same, known by the fingerprint of the text that it was read from. */
    Configuration with(Fingerprint known) {
        return new Configuration(
                file, policies, warnings, notes, observabilityConfig, store, clientsOff, provenance, known);
    }

    /** Returns whether it may change under the running program: not where the text came from the environment. */
    public boolean reloadable() {
        return !file.equals(FileReader.INLINE);
    }

    /** Returns whether any call can be concerned. If not, there is no reason to touch the program at all. */
    public boolean policyBearing() {
        for (Policy policy : policies.values()) {
            if (policy.inForce()) {
                return true;
            }
        }
        return false;
    }

    /** The policies that inject faults, those of routes included, in the order of the file. */
    public List<Policy> faultPolicies() {
        List<Policy> faulty = new ArrayList<>();
        for (Policy policy : policies.values()) {
            addFaulty(policy, faulty);
            for (Route route : policy.routes()) {
                addFaulty(route.policy(), faulty);
            }
        }
        return faulty;
    }

    private static void addFaulty(Policy policy, List<Policy> faulty) {
        if (policy.fault().enabled() && policy.mode() != Mode.OFF) {
            faulty.add(policy);
        }
    }

    /** The names of all policies, those of routes included. */
    public Set<String> policyNames() {
        Set<String> names = new HashSet<>();
        for (Policy policy : policies.values()) {
            names.add(policy.name());
            for (Route route : policy.routes()) {
                names.add(route.policy().name());
            }
        }
        return names;
    }

    /**
     * The names under which there is something to be known of origins: of all policies, and of requests sent elsewhere.
     */
    public Set<String> targetNames() {
        Set<String> names = policyNames();
        for (Policy policy : policies.values()) {
            addAlternateOrigins(policy, names);
            for (Route route : policy.routes()) {
                addAlternateOrigins(route.policy(), names);
            }
        }
        return names;
    }

    private static void addAlternateOrigins(Policy policy, Set<String> names) {
        if (policy.fallback().usesDegraded()) {
            names.add(policy.forAlternateOrigin().name());
        }
    }
}
