package dev.holdfast.observe.meters;

import dev.holdfast.observe.Counters;
import java.util.List;
import java.util.Locale;

/**
 * The catalogue of meters: every name, what it means, and what it is told apart by. The names of the first five are
 * part of what Holdfast grew from; the others begin with its own. Names are written as Micrometer writes them, with
 * dots; {@link #prometheusName} is what Prometheus sees. In a registry of the application's, which may have a
 * {@code retry.attempts} already, all of them begin with Holdfast's: {@link #idInApplication}.
 */
public enum Meter {
    /** Retries. */
    RETRY_ATTEMPTS(
            "retry.attempts",
            Kind.COUNTER,
            "",
            "Retries that were sent, by what made them necessary",
            "client",
            "origin",
            "policy",
            "reason"),
    /** The success of retries. */
    RETRY_SUCCESS_RATE(
            "retry.success.rate",
            Kind.GAUGE,
            "",
            "Share of the calls that were sent again which ended well by it, since the start: calls with the outcomes"
                    + " saved_by_retry and good_after_timeout, divided by those and the retries lost; absent where"
                    + " none was sent again",
            "origin",
            "policy"),
    /** The breaker. */
    BREAKER_STATE(
            "circuit.breaker.state",
            Kind.GAUGE,
            "",
            "State of the circuit breaker: 0 closed, 1 open, 2 half-open",
            "origin",
            "policy"),
    /** Fallbacks. */
    FALLBACK_ACTIVATIONS(
            "fallback.activations",
            Kind.COUNTER,
            "",
            "Responses from fallback strategies, by strategy and reason",
            "origin",
            "policy",
            "reason",
            "strategy"),
    /** The waits before retries. */
    RETRY_DELAY(
            "retry.delay", Kind.HISTOGRAM, "seconds", "Waits before the retries that were sent", "origin", "policy"),

    /** Calls. */
    CALLS(
            "holdfast.calls",
            Kind.COUNTER,
            "",
            "Calls that ended, by how: first_try, saved_by_retry, saved_by_fallback, failed, hedged,"
                    + " good_after_timeout, answered_by_fallback, timed_out, rejected, cancelled",
            "client",
            "origin",
            "outcome",
            "policy"),
    /** The other part of the success rate. */
    RETRIES_LOST(
            "holdfast.retries.lost",
            Kind.COUNTER,
            "",
            "Calls that were sent again and failed in the end",
            "client",
            "origin",
            "policy"),
    /** Outcomes that asked for a retry and got none. */
    NOT_RETRIED(
            "holdfast.not.retried",
            Kind.COUNTER,
            "",
            "Outcomes that asked for another attempt and got none, by why",
            "origin",
            "policy",
            "reason"),
    /** The duration of whole calls, as users feel it. */
    CALL_DURATION(
            "holdfast.call.duration",
            Kind.HISTOGRAM,
            "seconds",
            "How long calls took, retries, waits and fallbacks included, up to the response's head or the failure;"
                    + " those that were rejected or cancelled too",
            "origin",
            "policy"),
    /** The duration of attempts. */
    ATTEMPT_DURATION(
            "holdfast.attempt.duration",
            Kind.HISTOGRAM,
            "seconds",
            "How long attempts took, up to the response's head or the failure; those that were cancelled left out",
            "origin",
            "policy"),
    /** Hedging. */
    HEDGES("holdfast.hedges", Kind.COUNTER, "", "Second attempts beside slow ones", "origin", "policy"),
    /** Layers that retry above us. */
    NESTED_RETRIES(
            "holdfast.nested.retries",
            Kind.COUNTER,
            "",
            "Calls that failed after their retries and were made again by the same caller moments later",
            "origin",
            "policy"),
    /** The bodies that broke after their call had ended. */
    BODIES_BROKEN(
            "holdfast.bodies.broken",
            Kind.COUNTER,
            "",
            "Bodies of responses that broke while the application read them",
            "origin",
            "policy"),
    /** The transitions of a breaker. */
    BREAKER_TRANSITIONS(
            "holdfast.breaker.transitions",
            Kind.COUNTER,
            "",
            "How often the circuit breaker came into a state",
            "origin",
            "policy",
            "state"),
    /** The time that a breaker was in each state. */
    BREAKER_TIME(
            "holdfast.breaker.time",
            Kind.COUNTER,
            "seconds",
            "How long the circuit breaker was in a state",
            "origin",
            "policy",
            "state"),
    /** The attempts that a breaker or a limit rejected. */
    REJECTIONS(
            "holdfast.rejections",
            Kind.COUNTER,
            "",
            "Attempts that Holdfast rejected, by what rejected them: breaker, concurrency, rate",
            "origin",
            "policy",
            "reason"),
    /** The balance of a budget. */
    BUDGET_BALANCE("holdfast.budget.balance", Kind.GAUGE, "", "Retries that the budget allows now", "origin", "policy"),
    /** The retries that an exhausted budget prevented. */
    BUDGET_EXHAUSTED(
            "holdfast.budget.exhausted",
            Kind.COUNTER,
            "",
            "Retries that were not made for want of budget",
            "origin",
            "policy"),
    /** Waits for a limit. */
    LIMIT_WAIT(
            "holdfast.limit.wait",
            Kind.TIMER,
            "seconds",
            "Waits of attempts for their turn under a limit that are over, and how long they took, by limit",
            "origin",
            "policy",
            "reason"),
    /** The attempts that hold a permit of a limit. */
    ATTEMPTS_UNDER_WAY(
            "holdfast.attempts.under.way",
            Kind.GAUGE,
            "",
            "Attempts under a limit that wait for a response now",
            "origin",
            "policy"),
    /** The attempts that wait for a limit. */
    ATTEMPTS_QUEUED(
            "holdfast.attempts.queued",
            Kind.GAUGE,
            "",
            "Attempts that wait for their turn under a limit now",
            "origin",
            "policy"),
    /** Injected faults. */
    FAULTS(
            "holdfast.faults",
            Kind.COUNTER,
            "",
            "Faults that [fault] has injected into attempts, by kind: status, error, delay, cut_body",
            "fault",
            "origin",
            "policy"),
    /** Observe mode. */
    WOULD_HAVE(
            "holdfast.would.have",
            Kind.COUNTER,
            "",
            "What observe mode would have done: retry, reject_breaker, wait_rate and the like",
            "action",
            "origin",
            "policy"),

    /** The version of the agent. */
    BUILD_INFO(
            "holdfast.build.info",
            Kind.GAUGE,
            "",
            "1, with the version of the agent, the configuration file in force and its sha256, and the process",
            "configuration",
            "configuration_sha256",
            "host",
            "pid",
            "program",
            "started",
            "version"),
    /** Calls that run unmodified. */
    UNMATCHED_CALLS(
            "holdfast.unmatched.calls",
            Kind.COUNTER,
            "",
            "Calls to origins that no host pattern matches, which run unmodified: the first 100 origins, then "
                    + "\"other\"",
            "origin"),
    /** Clients that are not covered. */
    UNCOVERED_CLIENT(
            "holdfast.uncovered.client",
            Kind.GAUGE,
            "",
            "1 for each HTTP client that carries calls in the JVM and that Holdfast does not cover",
            "client",
            "package",
            "version"),
    /** Proxies. */
    PROXY("holdfast.http.proxy", Kind.GAUGE, "", "1 for each HTTP proxy in use, as host:port", "address"),
    /** The switch. */
    ENABLED("holdfast.enabled", Kind.GAUGE, "", "1 where the run-time switch is on, 0 where it is off"),
    /** Returns whether any policy is in force. */
    ACTIVE(
            "holdfast.active",
            Kind.GAUGE,
            "",
            "1 where policies are in force, else 0; the reason is active, off, no_policies, file_missing,"
                    + " file_unreadable or file_invalid",
            "reason"),
    /** The switch of injected faults. */
    FAULTS_ARMED(
            "holdfast.faults.armed",
            Kind.GAUGE,
            "",
            "1 while [faults] injects faults, 0 after their end; absent where it is not armed"),
    /** The time at which counting began. */
    START_TIME("holdfast.start.time", Kind.GAUGE, "seconds", "When counting began, in Unix time"),
    /** The configuration's size. */
    POLICIES("holdfast.policies", Kind.GAUGE, "", "Policies in force"),
    /** Beyond the bound. */
    ORIGINS_NOT_LISTED(
            "holdfast.origins.not.listed", Kind.GAUGE, "", "Origins that are counted together, as origin \"other\""),
    /** Reloads. */
    RELOADS("holdfast.reloads", Kind.COUNTER, "", "How often the configuration was replaced"),
    /** Reloads that failed. */
    RELOAD_FAILURES(
            "holdfast.reload.failures", Kind.COUNTER, "", "How often a changed configuration could not be used"),
    /** Returns whether the file is good. */
    RELOAD_FAILING(
            "holdfast.reload.failing",
            Kind.GAUGE,
            "",
            "1 where the configuration file cannot be used: the one before is in force, or none; else 0"),
    /** The time at which the configuration came into force. */
    CONFIGURATION_TIME(
            "holdfast.configuration.time",
            Kind.GAUGE,
            "seconds",
            "When the configuration in force came into force, in Unix time"),
    /** The hits of the fallback cache. */
    CACHE_HITS("holdfast.cache.hits", Kind.COUNTER, "", "Lookups in the fallback cache that found a response"),
    /** The misses of the fallback cache. */
    CACHE_MISSES("holdfast.cache.misses", Kind.COUNTER, "", "Lookups in the fallback cache that found none"),
    /** The responses that the cache stored. */
    CACHE_KEPT("holdfast.cache.kept", Kind.COUNTER, "", "Responses that the fallback cache stored"),
    /** The responses that the cache evicted. */
    CACHE_EVICTED("holdfast.cache.evicted", Kind.COUNTER, "", "Requests whose stored responses were evicted for room"),
    /** The cache's size. */
    CACHE_ENTRIES(
            "holdfast.cache.entries", Kind.GAUGE, "", "Requests whose responses the fallback cache holds in memory"),
    /** The cache's bytes. */
    CACHE_BYTES("holdfast.cache.size", Kind.GAUGE, "bytes", "What the fallback cache holds in memory"),
    /** The cache's bound. */
    CACHE_LIMIT("holdfast.cache.limit", Kind.GAUGE, "bytes", "What the fallback cache may hold; 0 until there was one"),
    /** The state of the shared store. */
    STORE_UP("holdfast.store.up", Kind.GAUGE, "", "1 where the shared store answers in time, else 0"),
    /** The reads of the shared store, by what became of them. */
    STORE_READS(
            "holdfast.store.reads",
            Kind.COUNTER,
            "",
            "Reads of the shared store: hit, miss, late (a call went on without it), skipped (it was away or slow),"
                    + " damaged (not ours, or changed)",
            "result"),
    /** The values that the shared store has taken. */
    STORE_WRITES(
            "holdfast.store.writes", Kind.COUNTER, "", "Commands in the background that the shared store has done"),
    /** The values that were not written. */
    STORE_DROPPED("holdfast.store.dropped", Kind.COUNTER, "", "Responses that were not written to the shared store"),
    /** The commands that failed. */
    STORE_ERRORS(
            "holdfast.store.errors", Kind.COUNTER, "", "Commands that the shared store did not answer, or refused"),
    /** The rates that instances share. */
    STORE_RATES(
            "holdfast.store.rates",
            Kind.GAUGE,
            "",
            "Rates that instances share: leased (from the store), local (this instance's own part, since the store is"
                    + " away)",
            "state"),
    /** The leases of parts of shared rates. */
    STORE_LEASES("holdfast.store.leases", Kind.COUNTER, "", "Leases of a part of a shared rate, granted or renewed"),
    /** The hints at breakers that open. */
    STORE_HINTS(
            "holdfast.store.hints",
            Kind.COUNTER,
            "",
            "Hints at breakers that open: sent (one of this instance), taken (of others, into account)",
            "direction");

    /** The kind of a meter's value. */
    public enum Kind {
        /** One that only grows. */
        COUNTER,
        /** One that goes up and down. */
        GAUGE,
        /** A count, and the sum of the durations. */
        TIMER,
        /** The same, and how many were at most so long. */
        HISTOGRAM
    }

    private static final String PREFIX = "holdfast.";

    private final String id;
    private final Kind kind;
    private final String unit;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labels;

    private final String prometheusName;

    Meter(String id, Kind kind, String unit, String help, String... labels) {
        this.id = id;
        this.kind = kind;
        this.unit = unit;
        this.help = help;
        this.labels = List.of(labels);
        String name = id.replace('.', '_');
        this.prometheusName = unit.isEmpty() ? name : name + '_' + unit;
    }

    /** The name as Micrometer writes it. */
    public String id() {
        return id;
    }

    /**
     * The name in a registry of the application's own. It has Holdfast's prefix always: two meters of one name are one
     * to most registries, and their values would be added up.
     */
    public String idInApplication() {
        return id.startsWith(PREFIX) ? id : PREFIX + id;
    }

    /** Returns the kind of its value. */
    public Kind kind() {
        return kind;
    }

    /** {@code seconds}, {@code bytes} or empty. */
    public String unit() {
        return unit;
    }

    /** Returns its meaning, in one line without a full stop. */
    public String help() {
        return help;
    }

    /** Returns the names of its labels, in alphabetical order. */
    public List<String> labels() {
        return labels;
    }

    /** The bounds of a histogram's buckets; empty for other kinds. */
    public List<Double> bounds() {
        if (kind != Kind.HISTOGRAM) {
            return List.of();
        }
        return this == RETRY_DELAY ? Counters.DELAY_BOUNDS : Counters.DURATION_BOUNDS;
    }

    /** The name of its family in Prometheus; a counter's samples have {@code _total} behind it. */
    public String prometheusName() {
        return prometheusName;
    }

    @Override
    public String toString() {
        return id + " (" + kind.name().toLowerCase(Locale.ROOT) + ')';
    }
}
