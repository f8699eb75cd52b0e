package dev.holdfast.observe;

import dev.holdfast.fleet.StoreStats;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A {@link Snapshot} as JSON: what the MXBean, the endpoint's {@code /status} and {@code status --json} give, so that a
 * program has to learn it once. {@code docs/command-line.md} describes it for users and is held against this by a test.
 *
 * <p>Names are those of labels and configuration ({@code snake_case}); times are RFC 3339 in UTC, durations seconds.
 * What is not there is {@code null}, never left out. Properties may be added; {@value #SCHEMA} changes if one goes or
 * means another thing.
 *
 * <pre>
 * { schema, time, started, version|null, on, active, reason,
 *   process: { host, pid, program, started },
 *   configuration: { file, sha256|null, policies: [name], in_force_since, reloads, reload_failures, error|null },
 *   origins: [ { policy, origin, mode|null,
 *       clients: [ { client, calls: {result: n}, retries: {because: n}, retries_lost } ],
 *       attempts, attempt_seconds,
 *       call_duration: { count, seconds, p50|null, p95|null, p99|null }, attempt_duration: { the same },
 *       delays: { count, seconds, buckets: [ { up_to_seconds|null, count } ] },       not cumulative; null: without
 *       bound not_retried: {reason: n}, rejections: {by: n}, waits: {limit: { count, seconds }},
 *       fallbacks: [ { strategy, reason, count } ], would_have: {what: n}, faults: {kind: n}, hedges,
 *       nested_retries, bodies_broken, comparison: { calls, good_without, good_with },
 *       breaker: { state, since, reason|null, seconds_to_probe|null, seconds_in: {state: s}, transitions: {state: n}
 *       }|null, budget: { balance, exhausted }|null, limits: { under_way, queued }|null } ],
 *   origins_not_listed, comparison: { calls, good_without, good_with },
 *   transitions: [ { time, policy, origin, from, to, reason } ],
 *   cache: { bytes, entries },
 *   store: { where, state, hits, misses, late, skipped, damaged, writes, dropped, errors,
 *     rates, local_rates, leases, hints_sent, hints_taken }|null,
 *   faults: { injecting, until, policies: [ { policy, mode, share, fault } ] }|null,
 *   gaps: { hosts: [ { origin, calls } ], other_calls, clients: [ { client, package, version|null } ] },
 *   proxies: [address] }
 * </pre>
 */
public final class SnapshotJson {
    /** The number in {@code schema}. */
    public static final int SCHEMA = 2;

    private SnapshotJson() {}

    /** Returns the snapshot as JSON in one line. */
    public static String of(Snapshot snapshot) {
        return Json.compact(json -> write(snapshot, json));
    }

    /** Writes the snapshot as JSON in UTF-8, in one line; the stream is flushed and stays open. */
    public static void write(Snapshot snapshot, OutputStream out) {
        try (JsonGenerator json = Json.generator(out)) {
            write(snapshot, json);
        }
    }

    /** Writes the snapshot as a value at the generator's position. */
    public static void write(Snapshot snapshot, JsonGenerator json) {
        json.writeStartObject();
        json.writeNumberProperty("schema", SCHEMA);
        time(json, "time", snapshot.epochMillis());
        time(json, "started", snapshot.startedEpochMillis());
        Json.string(json, "version", snapshot.version());
        json.writeBooleanProperty("on", snapshot.on());
        json.writeBooleanProperty("active", snapshot.activity() == Activity.ACTIVE);
        json.writeStringProperty("reason", snapshot.activity().label());
        process(snapshot.process(), json);
        configuration(snapshot, json);
        json.writeArrayPropertyStart("origins");
        for (OriginStats stats : snapshot.origins()) {
            origin(stats, json);
        }
        json.writeEndArray();
        json.writeNumberProperty("origins_not_listed", snapshot.originsNotListed());
        comparison(Comparison.ofAll(snapshot.origins()), json);
        json.writeArrayPropertyStart("transitions");
        for (Snapshot.Transition transition : snapshot.transitions()) {
            json.writeStartObject();
            time(json, "time", transition.epochMillis());
            json.writeStringProperty("policy", transition.policy());
            json.writeStringProperty("origin", transition.origin());
            json.writeStringProperty("from", transition.from());
            json.writeStringProperty("to", transition.to());
            json.writeStringProperty("reason", transition.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectPropertyStart("cache");
        json.writeNumberProperty("bytes", snapshot.cache().bytes());
        json.writeNumberProperty("entries", snapshot.cache().entries());
        json.writeEndObject();
        store(snapshot.store(), json);
        faults(snapshot.faults(), json);
        gaps(snapshot.gaps(), json);
        json.writeEndObject();
    }

    private static void store(@Nullable StoreStats store, JsonGenerator json) {
        if (store == null) {
            json.writeNullProperty("store");
            return;
        }
        json.writeObjectPropertyStart("store");
        json.writeStringProperty("where", store.where());
        json.writeStringProperty("state", store.state());
        json.writeNumberProperty("hits", store.hits());
        json.writeNumberProperty("misses", store.misses());
        json.writeNumberProperty("late", store.late());
        json.writeNumberProperty("skipped", store.skipped());
        json.writeNumberProperty("damaged", store.damaged());
        json.writeNumberProperty("writes", store.writes());
        json.writeNumberProperty("dropped", store.dropped());
        json.writeNumberProperty("errors", store.errors());
        json.writeNumberProperty("rates", store.rates());
        json.writeNumberProperty("local_rates", store.localRates());
        json.writeNumberProperty("leases", store.leases());
        json.writeNumberProperty("hints_sent", store.hintsSent());
        json.writeNumberProperty("hints_taken", store.hintsTaken());
        json.writeEndObject();
    }

    private static void faults(@Nullable InjectedFaults faults, JsonGenerator json) {
        if (faults == null) {
            json.writeNullProperty("faults");
            return;
        }
        json.writeObjectPropertyStart("faults");
        json.writeBooleanProperty("injecting", faults.injecting());
        time(json, "until", faults.untilEpochMillis());
        json.writeArrayPropertyStart("policies");
        for (InjectedFaults.OfPolicy of : faults.policies()) {
            json.writeStartObject();
            json.writeStringProperty("policy", of.policy());
            json.writeStringProperty("mode", of.mode());
            Json.number(json, "share", of.share());
            json.writeStringProperty("fault", of.fault());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void gaps(CoverageGaps gaps, JsonGenerator json) {
        json.writeObjectPropertyStart("gaps");
        json.writeArrayPropertyStart("hosts");
        for (CoverageGaps.Unmatched host : gaps.hosts()) {
            json.writeStartObject();
            json.writeStringProperty("origin", host.origin());
            json.writeNumberProperty("calls", host.calls());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("other_calls", gaps.otherCalls());
        json.writeArrayPropertyStart("clients");
        for (CoverageGaps.Uncovered client : gaps.clients()) {
            json.writeStartObject();
            json.writeStringProperty("client", client.name());
            json.writeStringProperty("package", client.packageName());
            Json.string(json, "version", client.version());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeArrayPropertyStart("proxies");
        gaps.proxies().forEach(json::writeString);
        json.writeEndArray();
    }

    private static void process(ProcessIdentity process, JsonGenerator json) {
        json.writeObjectPropertyStart("process");
        json.writeStringProperty("host", process.host());
        json.writeNumberProperty("pid", process.pid());
        json.writeStringProperty("program", process.program());
        time(json, "started", process.startedEpochMillis());
        json.writeEndObject();
    }

    private static void configuration(Snapshot snapshot, JsonGenerator json) {
        json.writeObjectPropertyStart("configuration");
        json.writeStringProperty("file", snapshot.file());
        Json.string(json, "sha256", snapshot.fingerprint());
        json.writeArrayPropertyStart("policies");
        for (String policy : snapshot.policies()) {
            json.writeString(policy);
        }
        json.writeEndArray();
        time(json, "in_force_since", snapshot.reloadedEpochMillis());
        json.writeNumberProperty("reloads", snapshot.reloads());
        json.writeNumberProperty("reload_failures", snapshot.reloadFailures());
        Json.string(json, "error", snapshot.reloadError());
        json.writeEndObject();
    }

    private static void origin(OriginStats stats, JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("policy", stats.policy());
        json.writeStringProperty("origin", stats.origin());
        Json.string(json, "mode", stats.mode());
        json.writeArrayPropertyStart("clients");
        for (OriginStats.ClientStats client : stats.clients()) {
            json.writeStartObject();
            json.writeStringProperty("client", client.client());
            Json.counts(json, "calls", client.calls());
            Json.counts(json, "retries", client.retries());
            json.writeNumberProperty("retries_lost", client.retriesLost());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("attempts", stats.attempts());
        Json.number(json, "attempt_seconds", stats.attemptSeconds());
        durations("call_duration", stats.callDuration(), json);
        durations("attempt_duration", stats.attemptDuration(), json);
        delays(stats.delays(), json);
        Json.counts(json, "not_retried", stats.notRetried());
        Json.counts(json, "rejections", stats.rejections());
        json.writeObjectPropertyStart("waits");
        stats.waits().forEach((limit, wait) -> {
            json.writeObjectPropertyStart(limit);
            json.writeNumberProperty("count", wait.count());
            Json.number(json, "seconds", wait.seconds());
            json.writeEndObject();
        });
        json.writeEndObject();
        json.writeArrayPropertyStart("fallbacks");
        for (OriginStats.FallbackCount fallback : stats.fallbacks()) {
            json.writeStartObject();
            json.writeStringProperty("strategy", fallback.strategy());
            json.writeStringProperty("reason", fallback.reason());
            json.writeNumberProperty("count", fallback.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        Json.counts(json, "would_have", stats.wouldHave());
        Json.counts(json, "faults", stats.faults());
        json.writeNumberProperty("hedges", stats.hedges());
        json.writeNumberProperty("nested_retries", stats.nestedRetries());
        json.writeNumberProperty("bodies_broken", stats.bodiesBroken());
        comparison(Comparison.of(List.of(stats)), json);
        state(stats, json);
        json.writeEndObject();
    }

    /** Without buckets, which {@code /metrics} has: for a thousand origins they would double what the page asks for. */
    private static void durations(String name, OriginStats.Durations durations, JsonGenerator json) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("count", durations.count());
        Json.number(json, "seconds", durations.seconds());
        Json.number(json, "p50", durations.quantile(0.5));
        Json.number(json, "p95", durations.quantile(0.95));
        Json.number(json, "p99", durations.quantile(0.99));
        json.writeEndObject();
    }

    private static void comparison(Comparison comparison, JsonGenerator json) {
        json.writeObjectPropertyStart("comparison");
        json.writeNumberProperty("calls", comparison.calls());
        json.writeNumberProperty("good_without", comparison.goodWithout());
        json.writeNumberProperty("good_with", comparison.goodWith());
        json.writeEndObject();
    }

    private static void delays(OriginStats.Delays delays, JsonGenerator json) {
        json.writeObjectPropertyStart("delays");
        json.writeNumberProperty("count", delays.count());
        Json.number(json, "seconds", delays.seconds());
        json.writeArrayPropertyStart("buckets");
        List<Double> bounds = Counters.DELAY_BOUNDS;
        for (int i = 0; i < delays.counts().size(); i++) {
            json.writeStartObject();
            Json.number(json, "up_to_seconds", i < bounds.size() ? bounds.get(i) : Double.POSITIVE_INFINITY);
            json.writeNumberProperty("count", delays.counts().get(i));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void state(OriginStats stats, JsonGenerator json) {
        breaker(stats.breaker(), json);
        OriginStats.BudgetStats budget = stats.budget();
        if (budget == null) {
            json.writeNullProperty("budget");
        } else {
            json.writeObjectPropertyStart("budget");
            Json.number(json, "balance", budget.balance());
            json.writeNumberProperty("exhausted", budget.exhausted());
            json.writeEndObject();
        }
        OriginStats.LimitStats limits = stats.limits();
        if (limits == null) {
            json.writeNullProperty("limits");
        } else {
            json.writeObjectPropertyStart("limits");
            json.writeNumberProperty("under_way", limits.underWay());
            json.writeNumberProperty("queued", limits.queued());
            json.writeEndObject();
        }
    }

    private static void breaker(OriginStats.@Nullable BreakerStats breaker, JsonGenerator json) {
        if (breaker == null) {
            json.writeNullProperty("breaker");
            return;
        }
        json.writeObjectPropertyStart("breaker");
        json.writeStringProperty("state", breaker.state());
        time(json, "since", breaker.sinceEpochMillis());
        Json.string(json, "reason", breaker.reason());
        // Less than none: it never comes.
        Json.number(json, "seconds_to_probe", breaker.secondsToProbe() < 0 ? Double.NaN : breaker.secondsToProbe());
        json.writeObjectPropertyStart("seconds_in");
        breaker.secondsIn().forEach((state, seconds) -> Json.number(json, state, seconds));
        json.writeEndObject();
        Json.counts(json, "transitions", breaker.transitions());
        json.writeEndObject();
    }

    private static void time(JsonGenerator json, String name, long epochMillis) {
        json.writeStringProperty(name, Instant.ofEpochMilli(epochMillis).toString());
    }
}
