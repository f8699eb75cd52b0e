package dev.holdfast.runtime;

import dev.holdfast.call.ProxiesInUse;
import dev.holdfast.call.UnmatchedOrigins;
import dev.holdfast.inventory.LoadedClients;
import dev.holdfast.observe.CoverageGaps;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Knows where Holdfast does not help, and says each of it once in the log: hosts without a policy, HTTP clients that it
 * does not cover, and beside these the proxies in use. Nothing of it happens at the start: the classes are looked
 * through when the program is {@value #FIRST_SECONDS} s old and whenever it has become twice as old, and at most once a
 * minute for whoever wants to see. Thread-safe.
 */
final class CoverageMonitor implements Supplier<CoverageGaps> {
    private static final long FIRST_SECONDS = 5;
    private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(10);
    private static final long FRESH = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_NAMED = 200;
    private static final int IN_A_LINE = 20;

    private final UnmatchedOrigins origins;
    private final ProxiesInUse proxies;
    private final LoadedClients clients;
    private final UnaryOperator<String> properties;
    private final Log log;
    private final LongSupplier nanoTime;
    private final long started;
    private final Set<String> named = new HashSet<>();
    private long lookAt;
    private long looked;

    /**
     * Nothing is known yet.
     *
     * @param properties gives a system property, empty where it is not set
     */
    CoverageMonitor(
            UnmatchedOrigins origins,
            ProxiesInUse proxies,
            LoadedClients clients,
            UnaryOperator<String> properties,
            Log log,
            LongSupplier nanoTime) {
        this.origins = origins;
        this.proxies = proxies;
        this.clients = clients;
        this.properties = properties;
        this.log = log;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.lookAt = started + TimeUnit.SECONDS.toNanos(FIRST_SECONDS);
        this.looked = started - FRESH + TimeUnit.SECONDS.toNanos(FIRST_SECONDS);
    }

    /** Returns the gaps that are known now. */
    @Override
    public synchronized CoverageGaps get() {
        long now = nanoTime.getAsLong();
        if (now - looked >= FRESH) {
            look(now);
        }
        return known();
    }

    /** Looks for new gaps and logs them. Called about once a second, by a thread that may block. */
    synchronized void tick() {
        long now = nanoTime.getAsLong();
        if (now - lookAt >= 0) {
            lookAt = now + Math.min(now - started, LONGEST_PAUSE);
            look(now);
            name(known());
        }
    }

    /** The program ends: what was not said yet is said now. */
    synchronized void lastLook() {
        look(nanoTime.getAsLong());
        name(known());
    }

    private void look(long now) {
        looked = now;
        clients.look();
    }

    private CoverageGaps known() {
        List<CoverageGaps.Unmatched> hosts = new ArrayList<>();
        origins.calls().forEach((origin, calls) -> hosts.add(new CoverageGaps.Unmatched(origin, calls)));
        // Lists are cut short where people read them.
        hosts.sort(Comparator.comparingLong(CoverageGaps.Unmatched::calls)
                .reversed()
                .thenComparing(CoverageGaps.Unmatched::origin));
        List<CoverageGaps.Uncovered> uncovered = clients.known().stream()
                .filter(client -> !client.library().covered())
                .map(client ->
                        new CoverageGaps.Uncovered(client.library().name(), client.packageName(), client.version()))
                .toList();
        Set<String> addresses = new TreeSet<>(proxies.addresses());
        addConfigured(addresses);
        return new CoverageGaps(hosts, origins.callsOfOthers(), uncovered, List.copyOf(addresses));
    }

    /** Adds the proxies of the properties that the JDK's own selector reads (java.net, "Networking Properties"). */
    private void addConfigured(Set<String> addresses) {
        ProxiesInUse configured = new ProxiesInUse();
        for (String scheme : new String[] {"http", "https"}) {
            String host = properties.apply(scheme + ".proxyHost");
            if (!host.isEmpty()) {
                String port = properties.apply(scheme + ".proxyPort");
                configured.note(host + ":" + (port.isEmpty() ? scheme.equals("http") ? "80" : "443" : port));
            }
        }
        addresses.addAll(configured.addresses());
    }

    /** Says what was not said before. */
    private void name(CoverageGaps gaps) {
        List<String> hosts = new ArrayList<>();
        for (CoverageGaps.Unmatched host : gaps.hosts()) {
            if (isNew(host.origin())) {
                hosts.add(host.origin());
            }
        }
        if (!hosts.isEmpty()) {
            String origins = String.join(", ", hosts.subList(0, Math.min(hosts.size(), IN_A_LINE)))
                    + (hosts.size() > IN_A_LINE ? " and " + (hosts.size() - IN_A_LINE) + " more" : "");
            log.say(LogEntry.of(
                            Log.Level.INFO,
                            "no_policy",
                            "no policy matches " + origins + ": calls to " + (hosts.size() == 1 ? "it" : "them")
                                    + " run unmodified")
                    .with("origins", origins));
        }
        for (CoverageGaps.Uncovered client : gaps.clients()) {
            if (isNew(client.toString())) {
                log.say(LogEntry.of(
                                Log.Level.WARN,
                                "client_not_covered",
                                "the program uses " + client
                                        + ": Holdfast does not cover it, its requests get no policy")
                        .with("client", client.name())
                        .with("package", client.packageName())
                        .with("version", client.version()));
            }
        }
        for (String proxy : gaps.proxies()) {
            if (isNew(proxy)) {
                log.say(LogEntry.of(Log.Level.INFO, "proxy_in_use", "HTTP proxy in use: " + proxy)
                        .with("proxy", proxy));
            }
        }
    }

    private boolean isNew(String what) {
        return named.size() < MOST_NAMED && named.add(what);
    }
}
