package dev.holdfast.simulation;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.ValueSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Acts a call out: the product's own engine and session decide, only the origin is a {@link OutcomeScript} and the time
 * passes at once. So what a timeline tells is what the product does, and nothing here knows a rule.
 *
 * <pre>{@code
 * Timeline timeline = Simulation.of(configuration.policies(), url.origin(), url.path())
 *         .method("POST").headers(Set.of("Idempotency-Key"))
 *         .play(OutcomeScript.parse("503,reset,200"), 1);       // null: the call is untouched
 * }</pre>
 *
 * <p>Each simulation is run three times: with all jitter in its middle, which is what is told, at its least and at its
 * most. Nothing is kept from one to the next, and no state of a running program is looked at: the breaker begins closed
 * and the budget full.
 */
public final class Simulation {
    private static final double MOST = Math.nextDown(1.0);

    private final Map<HostPattern, Policy> policies;
    private final Origin origin;
    private final String path;
    private String method = "GET";
    private Set<String> headers = Set.of();
    private boolean replayable = true;
    private @Nullable String proxy;
    private SettingSources sources = SettingSources.FILE;
    private long epochMillis = System.currentTimeMillis();

    private Simulation(Map<HostPattern, Policy> policies, Origin origin, String path) {
        this.policies = policies;
        this.origin = origin;
        this.path = path;
    }

    /**
     * A GET without a body.
     *
     * @param policies of a configuration
     * @param origin whom the call goes to
     * @param path as the URL has it, without a query
     */
    public static Simulation of(Map<HostPattern, Policy> policies, Origin origin, String path) {
        return new Simulation(withoutFaults(policies), origin, path);
    }

    /** Removes the faults, which would be injected in place of what the script says. */
    private static Map<HostPattern, Policy> withoutFaults(Map<HostPattern, Policy> policies) {
        Map<HostPattern, Policy> without = new LinkedHashMap<>();
        policies.forEach((pattern, policy) -> without.put(pattern, policy.withoutFaults()));
        return without;
    }

    /** Another method. */
    public Simulation method(String name) {
        method = name;
        return this;
    }

    /** The names of headers that the request has. */
    public Simulation headers(Set<String> names) {
        headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.addAll(names);
        return this;
    }

    /** The request's body can be produced only once. */
    public Simulation oneShotBody() {
        replayable = false;
        return this;
    }

    /** The HTTP proxy that it goes through, as {@code host:port}; null: not known. */
    public Simulation proxy(@Nullable String address) {
        proxy = address;
        return this;
    }

    /**
     * The sources of the values, so that one from outside the file is not told.
     *
     * @param lookup gives the source of a value by the name of its policy and the path of its key
     */
    public Simulation sources(BiFunction<String, String, ValueSource> lookup) {
        sources = new SettingSources(lookup);
        return this;
    }

    /** Sets the time at which it begins, for the dates in messages. */
    public Simulation at(long when) {
        epochMillis = when;
        return this;
    }

    /**
     * Plays it.
     *
     * @param script what the origin does; it goes on from one call to the next
     * @param calls how many calls are made, one at once after the other
     * @return null: Holdfast has nothing to do with the call
     */
    public @Nullable Timeline run(OutcomeScript script, int calls) {
        List<SimulatedCall> middle = playWith(0.5, script, calls);
        if (middle.isEmpty()) {
            return null;
        }
        List<SimulatedCall> least = playWith(0, script, calls);
        List<SimulatedCall> most = playWith(MOST, script, calls);
        List<Timeline.Call> told = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            SimulatedCall one = middle.get(i);
            told.add(new Timeline.Call(
                    i + 1,
                    one.events(least.get(i), most.get(i)),
                    one.attempts(),
                    one.attempts() + (sentAgainByTheJdk() ? one.broken() : 0),
                    one.nanos(),
                    Math.min(least.get(i).nanos(), one.nanos()),
                    Math.max(most.get(i).nanos(), one.nanos()),
                    !one.sameAs(least.get(i)) || !one.sameAs(most.get(i))));
        }
        return new Timeline(told);
    }

    /** Returns whether a client of the JDK's sends such a request once more by itself, where its connection breaks. */
    private boolean sentAgainByTheJdk() {
        return replayable || method.equals("GET") || method.equals("HEAD");
    }

    private List<SimulatedCall> playWith(double jitter, OutcomeScript script, int calls) {
        SimulatedTime simulatedTime = new SimulatedTime(policies, script, jitter, epochMillis, proxy, sources);
        List<SimulatedCall> played = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            PolicyTarget target = simulatedTime.target(origin, method, path);
            if (target == null) {
                return List.of();
            }
            played.add(simulatedTime.play(target, new Role(method, headers, replayable), path));
        }
        return played;
    }

    private record Role(String method, Set<String> headers, boolean bodyReplayable) implements CallInfo {
        private static final Client SIMULATED = Client.of("simulated");

        @Override
        public Client client() {
            return SIMULATED;
        }

        @Override
        public @Nullable String requestHeader(String name) {
            return headers.contains(name) ? "" : null;
        }
    }
}
