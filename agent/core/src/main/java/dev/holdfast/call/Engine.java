package dev.holdfast.call;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one configuration, ready for calls: finds the {@link PolicyTarget} of a call and starts its
 * {@link Session}. One at a time is current; a reload swaps it. Thread-safe.
 */
public final class Engine {
    /**
     * The number of host names that are remembered with their policies. With one more, all are forgotten, and found
     * anew.
     */
    static final int MAX_HOSTS = 10_000;

    /** The longest domain name (RFC 1035 section 2.3.4), with room for a trailing dot and for address literals. */
    private static final int LONGEST_HOST = 255;

    private final PolicyTable<Policy> policies;
    private final PolicyTargets targets;
    private final LongSupplier nanoTime;
    private final CallEnvironment environment;
    private final Timer timer;
    // The host as the URL has it -> what was found for its ports. Most programs name a host in one way and with one
    // port.
    private final ConcurrentHashMap<String, Known[]> hosts = new ConcurrentHashMap<>();

    /**
     * An engine on the machine's clocks.
     *
     * @param policies the configuration's policies
     * @param targets what is known of origins, shared by all engines of a JVM
     * @param timer what delays are kept by, shared by all engines of a JVM
     */
    public Engine(PolicyTable<Policy> policies, PolicyTargets targets, Timer timer) {
        this(policies, targets, timer, SystemClock.NANOS, SystemClock.EPOCH_MILLIS, ThreadRandom.INSTANCE);
    }

    /**
     * An engine on given clocks.
     *
     * @param policies the configuration's policies
     * @param targets what is known of origins
     * @param timer what delays are kept by
     * @param nanoTime the clock for everything but dates
     * @param epochMillis the wall clock, for {@code Retry-After} dates
     * @param random the source of jitter, safe for use by many threads
     */
    public Engine(
            PolicyTable<Policy> policies,
            PolicyTargets targets,
            Timer timer,
            LongSupplier nanoTime,
            LongSupplier epochMillis,
            RandomGenerator random) {
        this.policies = policies;
        this.targets = targets;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.environment = new CallEnvironment(random, epochMillis);
        if (!targets.unmatched().isEmpty()) {
            targets.unmatched().forgetIf(origin -> policies.find(origin.host(), origin.port()) != null);
        }
    }

    /**
     * The target of a host, or null: its calls are none of our business and must run as if Holdfast were not there.
     * Where the host's policy has routes, a call's own target is found by {@link #route}. Allocates nothing for a host
     * that was seen before, policy or not. Bounded in memory whatever hosts come.
     *
     * @param scheme {@code http} or {@code https} in any case; anything else gives null
     * @param host as in the URL: any case, brackets or a trailing dot allowed; null gives null, and so does what is too
     *     long to be resolved
     * @param port as in the URL, -1 for the scheme's default
     */
    public @Nullable PolicyTarget target(@Nullable String scheme, @Nullable String host, int port) {
        if (host == null || host.isEmpty() || host.length() > LONGEST_HOST || scheme == null) {
            return null;
        }
        boolean secure = scheme.equalsIgnoreCase("https");
        if (!secure && !scheme.equalsIgnoreCase("http")) {
            return null;
        }
        int effectivePort = port >= 0 ? port : secure ? 443 : 80;
        Known[] known = hosts.get(host);
        if (known != null) {
            for (Known k : known) {
                PolicyTarget target = k.target;
                if (k.port == effectivePort && k.secure == secure && (target == null || !target.isForgotten())) {
                    if (k.unmatched != null) {
                        k.unmatched.increment();
                    }
                    return target;
                }
            }
        }
        return find(host, secure, effectivePort);
    }

    /**
     * Returns whether {@link #target} has a target for a host, without counting a call. For a client that has to know
     * before the call begins.
     */
    public boolean hasTarget(@Nullable String scheme, @Nullable String host, int port) {
        if (host == null || host.isEmpty() || host.length() > LONGEST_HOST || scheme == null) {
            return false;
        }
        boolean secure = scheme.equalsIgnoreCase("https");
        if (!secure && !scheme.equalsIgnoreCase("http")) {
            return false;
        }
        int effectivePort = port >= 0 ? port : secure ? 443 : 80;
        Known[] known = hosts.get(host);
        if (known != null) {
            for (Known k : known) {
                if (k.port == effectivePort && k.secure == secure) {
                    return k.target != null;
                }
            }
        }
        Policy policy = policies.find(HostPattern.canonicalHost(host), effectivePort);
        return policy != null && policy.inForce();
    }

    private @Nullable PolicyTarget find(String host, boolean secure, int port) {
        String canonical = HostPattern.canonicalHost(host);
        Policy policy = policies.find(canonical, port);
        Origin origin = new Origin(secure ? "https" : "http", canonical, port);
        LongAdder unmatched = policy == null ? targets.unmatched().counter(origin) : null;
        if (unmatched != null) {
            unmatched.increment();
        }
        PolicyTarget target = policy == null || !policy.inForce() ? null : targets.get(policy, origin, nanoTime());
        if (hosts.size() >= MAX_HOSTS) {
            hosts.clear();
        }
        Known[] found = {new Known(secure, port, target, unmatched)};
        if (hosts.putIfAbsent(host, found) != null) {
            hosts.merge(host, found, Engine::joined);
        }
        return target;
    }

    private static Known[] joined(Known[] old, Known[] added) {
        for (int i = 0; i < old.length; i++) {
            if (old[i].port == added[0].port && old[i].secure == added[0].secure) {
                Known[] renewed = old.clone();
                renewed[i] = added[0];
                return renewed;
            }
        }
        if (old.length >= 16) {
            // A host with ever new ports (a test server, say): the oldest goes.
            Known[] shifted = Arrays.copyOfRange(old, 1, old.length + 1);
            shifted[old.length - 1] = added[0];
            return shifted;
        }
        Known[] longer = Arrays.copyOf(old, old.length + 1);
        longer[old.length] = added[0];
        return longer;
    }

    /**
     * The target of a call to a host: the host's own, or that of the most specific route that matches.
     *
     * @param host what {@link #target} gave
     * @param method the request's
     * @param path as in the URL, without the query; null or empty counts as {@code /}
     * @return null: the policy of these calls is off
     */
    public @Nullable PolicyTarget route(PolicyTarget host, String method, @Nullable String path) {
        if (!host.hasRoutes()) {
            return host;
        }
        Policy policy = host.policy();
        Policy found = policy.of(method, path);
        if (found.mode() == Mode.OFF) {
            return null;
        }
        return found.name().equals(policy.name()) ? host : targets.get(found, host.origin(), nanoTime());
    }

    /**
     * {@link #route} for a call that may have to go through Holdfast though its policy is off: the method came too
     * late.
     *
     * @return where the policy is off, a target that lets every call pass as it is
     */
    public PolicyTarget routeOrUntouched(PolicyTarget host, String method, @Nullable String path) {
        PolicyTarget found = route(host, method, path);
        return found != null
                ? found
                : new PolicyTarget(host.policy().untouched(), host.origin(), null, Observer.NONE, nanoTime());
    }

    /**
     * Starts the one request that a call sends to another origin in place of its own. That has a breaker of its own,
     * and neither retries nor fallbacks.
     *
     * @param policy the call's
     * @param call the call
     * @param alternateOrigin where the request goes
     */
    public Session alternateOrigin(Policy policy, CallInfo call, URI alternateOrigin) {
        boolean secure = "https".equalsIgnoreCase(alternateOrigin.getScheme());
        int port = alternateOrigin.getPort() >= 0 ? alternateOrigin.getPort() : secure ? 443 : 80;
        String host = HostPattern.canonicalHost(alternateOrigin.getHost());
        return session(
                targets.get(policy.forAlternateOrigin(), new Origin(secure ? "https" : "http", host, port), nanoTime()),
                call);
    }

    /** Returns the number of host names that are remembered now. */
    int hostsRemembered() {
        return hosts.size();
    }

    /** Starts a call. */
    public Session session(PolicyTarget target, CallInfo call) {
        return new Session(target, call, environment);
    }

    /** The proxies that calls go through, of all engines of a JVM. */
    public ProxiesInUse proxies() {
        return targets.proxies();
    }

    /** The memory of the request bodies that are recorded for a replay, of all engines of a JVM. */
    public ReplayMemory replayMemory() {
        return targets.replayMemory();
    }

    /** {@code System.nanoTime}, or a test's clock. */
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /**
     * Runs a task later on the one daemon timer thread. The task must be short and must never run application code.
     *
     * @param nanos the delay
     * @return cancels the task
     */
    public Future<?> schedule(Runnable task, long nanos) {
        return timer.schedule(task, nanos);
    }

    /** Runs something that may block, and that a task of {@link #schedule} has come to, on a thread of its own. */
    public void onThread(Runnable work) {
        timer.onThread(work);
    }

    /**
     * Keeps the JVM alive during the wait of a call whose client does so while it carries a call out. To be followed by
     * {@link #letJvmEnd}.
     */
    public void keepJvmAlive() {
        timer.keepJvmAlive();
    }

    /** The call of a {@link #keepJvmAlive} has ended. */
    public void letJvmEnd() {
        timer.letJvmEnd();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "Engine[%d hosts seen]", hosts.size());
    }

    /**
     * The result of a look-up for a port of a host.
     *
     * @param target null: its calls are none of our business
     * @param unmatched counts its calls, where no pattern matches it
     */
    private record Known(
            boolean secure,
            int port,
            @Nullable PolicyTarget target,
            @Nullable LongAdder unmatched) {}
}
