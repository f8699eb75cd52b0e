package dev.holdfast.config;

import dev.holdfast.policy.ClientNames;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.policy.Route;
import dev.holdfast.policy.RoutePattern;
import dev.holdfast.policy.StoreSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The explanation of a request's policy: which host pattern and route apply, why the others do not, and which line each
 * value comes from. A value, to be shown by whoever has a page or a terminal:
 *
 * <pre>{@code
 * Explanation why = Explanation.of(configuration, "GET", RequestUrl.parse("https://api.example.com/v1/orders"));
 * for (Explanation.Candidate host : why.hosts()) { ... host.pattern() + ": " + host.reason() ... }
 * for (SettingProvenance.Value value : why.values()) { ... value.key() + " = " + value.text() ... }
 * }</pre>
 *
 * It holds no secret: values that may be are {@code ***}, and of the URL there is neither user information nor query.
 * {@code simulation.Simulation} shows how a call would end under the policy. Immutable.
 *
 * @param file the configuration, as it was named
 * @param method of the request
 * @param url of the request, without user information and query
 * @param hosts the host patterns, the one that applies first, then those that match too, then some of those that do not
 * @param hostsLeftOut how many more there are that do not match
 * @param routes the routes of the host pattern that applies, likewise
 * @param policy the policy's name, null where no pattern matches: the call is untouched
 * @param mode the policy's, null where there is none
 * @param restrictions what the settings do not do for this request, although one may expect it; empty where the call is
 *     untouched
 * @param layers the parts of the file that the policy is merged of, the one that wins first; empty where there is none
 * @param values all values of the policy, in the order of the reference; empty where there is none
 */
public record Explanation(
        String file,
        String method,
        RequestUrl url,
        List<Candidate> hosts,
        int hostsLeftOut,
        List<Candidate> routes,
        @Nullable String policy,
        @Nullable Mode mode,
        List<Restriction> restrictions,
        List<SettingProvenance.Layer> layers,
        List<SettingProvenance.Value> values) {
    /**
     * The number of patterns that are listed although they do not match: those that have most in common with the host.
     */
    static final int NOT_MATCHING_SHOWN = 10;

    /** Copies the lists. */
    public Explanation {
        hosts = List.copyOf(hosts);
        routes = List.copyOf(routes);
        restrictions = List.copyOf(restrictions);
        layers = List.copyOf(layers);
        values = List.copyOf(values);
    }

    /** The verdict about a candidate. */
    public enum Verdict {
        /** It applies. */
        APPLIES,
        /** It matches, but a more specific one does too. */
        LESS_SPECIFIC,
        /** It does not match. */
        NO_MATCH
    }

    /**
     * A host pattern or a route.
     *
     * @param pattern as the file has it
     * @param line where it stands
     * @param verdict whether it applies
     * @param reason why, or why not: a part of a sentence
     * @param from the preset that the line is in; empty for the file
     */
    public record Candidate(String pattern, int line, Verdict verdict, String reason, String from) {
        /** One that stands in the file. */
        public Candidate(String pattern, int line, Verdict verdict, String reason) {
            this(pattern, line, verdict, reason, "");
        }
    }

    /**
     * Something that the settings do not do for a request.
     *
     * @param setting the path of the key or table that one would expect it of; empty where there is none
     * @param text what happens instead: a sentence without a full stop
     */
    public record Restriction(String setting, String text) {}

    /** Returns whether the call runs unmodified. */
    public boolean untouched() {
        return mode == null || mode == Mode.OFF;
    }

    /**
     * Explains a request.
     *
     * @param configuration which policies there are
     * @param method of the request, as it is sent
     * @param url of the request
     */
    public static Explanation of(Configuration configuration, String method, RequestUrl url) {
        return of(configuration, method, url, RequestShape.PLAIN);
    }

    /**
     * Explains a request of which more is known.
     *
     * @param configuration which policies there are
     * @param method of the request, as it is sent
     * @param url of the request
     * @param shape what else is known of it
     */
    public static Explanation of(Configuration configuration, String method, RequestUrl url, RequestShape shape) {
        // The table decides, as it does for calls; what is said about the candidates only follows.
        Map<HostPattern, Policy> policies = configuration.policies();
        Policy host = new PolicyTable<>(policies)
                .find(url.origin().host(), url.origin().port());
        List<Candidate> hosts = new ArrayList<>();
        List<HostPattern> others = new ArrayList<>();
        for (Map.Entry<HostPattern, Policy> entry : policies.entrySet()) {
            String reason = MatchExplanation.mismatch(entry.getKey(), url.origin());
            if (reason != null) {
                others.add(entry.getKey());
            } else if (host != null) {
                hosts.add(hostCandidate(configuration, entry.getKey(), entry.getValue(), host, url.origin()));
            }
        }
        hosts.sort(Comparator.comparing(Candidate::verdict));
        others.sort(Comparator.comparingInt(pattern -> -MatchExplanation.labelsInCommon(pattern, url.origin())));
        int listed = Math.min(NOT_MATCHING_SHOWN, others.size());
        for (HostPattern pattern : others.subList(0, listed)) {
            Policy policy = policies.get(pattern);
            String reason = MatchExplanation.mismatch(pattern, url.origin());
            if (policy != null && reason != null) {
                hosts.add(candidate(configuration, policy, policy.name(), Verdict.NO_MATCH, reason));
            }
        }
        Policy policy = host == null ? null : host.of(method, url.path());
        return new Explanation(
                configuration.file(),
                method,
                url,
                hosts,
                others.size() - listed,
                host == null ? List.of() : routes(configuration, host, method, url),
                policy == null ? null : policy.name(),
                policy == null ? null : policy.mode(),
                policy == null || policy.mode() == Mode.OFF
                        ? List.of()
                        : restrictions(
                                configuration,
                                policy,
                                RestrictionFinder.of(
                                        policy,
                                        path -> configuration.provenance().source(policy.name(), path),
                                        method,
                                        url,
                                        shape)),
                policy == null ? List.of() : configuration.provenance().layers(policy.name()),
                policy == null ? List.of() : configuration.provenance().values(policy.name()));
    }

    /** Those of a request, and before them the clients by which it runs unmodified. */
    private static List<Restriction> restrictions(
            Configuration configuration, Policy policy, List<Restriction> ofRequest) {
        List<Restriction> all = new ArrayList<>();
        for (String client : ClientNames.ALL) {
            Integer line = configuration.clientsOff().get(client);
            if (line != null) {
                all.add(new Restriction(
                        ClientKeys.CLIENTS.path() + '.' + MessageText.keyPart(client),
                        "the client is off (line " + line + "): by it the call runs unmodified"));
            }
        }
        all.addAll(ofRequest);
        StoreSettings store = configuration.store();
        if (store != null && store.breakerHints() && policy.breaker().enabled()) {
            all.addAll(HintExplanation.of(
                    policy.breaker(), path -> configuration.provenance().source(policy.name(), path)));
        }
        return all;
    }

    private static Candidate hostCandidate(
            Configuration configuration, HostPattern pattern, Policy policy, Policy applies, Origin origin) {
        boolean chosen = policy.name().equals(applies.name());
        return candidate(
                configuration,
                policy,
                policy.name(),
                chosen ? Verdict.APPLIES : Verdict.LESS_SPECIFIC,
                MatchExplanation.match(pattern, origin)
                        + (chosen ? "" : ", but " + applies.name() + " is more specific"));
    }

    private static List<Candidate> routes(Configuration configuration, Policy host, String method, RequestUrl url) {
        List<String> path = RoutePattern.segments(url.path());
        List<Candidate> candidates = new ArrayList<>();
        Route applies = null;
        for (Route route : host.routes()) {
            // A pattern with variables is called by their names, and its text is not shown.
            String shown = route.policy().name().substring(host.name().length() + 1);
            String reason = MatchExplanation.mismatch(route.pattern(), method, path);
            if (reason != null && !shown.equals(RouteReader.shown(route.pattern()))) {
                reason = "does not match, with the values of its variables";
            }
            Verdict verdict =
                    reason != null ? Verdict.NO_MATCH : applies == null ? Verdict.APPLIES : Verdict.LESS_SPECIFIC;
            if (applies != null && reason == null) {
                reason = "matches, but "
                        + applies.policy().name().substring(host.name().length() + 1) + " is more specific";
            }
            if (verdict == Verdict.APPLIES) {
                applies = route;
                reason = "matches path and method";
            }
            candidates.add(candidate(configuration, route.policy(), shown, verdict, reason == null ? "" : reason));
        }
        candidates.sort(Comparator.comparing(Candidate::verdict));
        return candidates;
    }

    private static Candidate candidate(
            Configuration configuration, Policy policy, String pattern, Verdict verdict, String reason) {
        SettingProvenance provenance = configuration.provenance();
        return new Candidate(
                pattern, provenance.line(policy.name()), verdict, reason, provenance.preset(policy.name()));
    }
}
