package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.HostPattern.Kind;
import dev.holdfast.policy.PolicyTable;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds requests that the strategy {@code degraded} would send where they come from, and pairs of hosts that do so
 * mutually.
 */
final class DegradedCheck {
    private final Problems problems;
    private final Map<HostPattern, HostPattern> patterns = new HashMap<>();
    private final List<Degraded> all = new ArrayList<>();

    DegradedCheck(Problems problems) {
        this.problems = problems;
    }

    /** The alternate origin of a host or of one of its routes. */
    private record Degraded(HostPattern from, Setting<String> setting, URI to) {}

    /** Takes note of a host, or of a route of it. */
    void add(HostPattern host, Settings settings) {
        patterns.put(host, host);
        Setting<String> url = settings.setting(FallbackKeys.DEGRADED_URL);
        List<Strategy> chain = settings.setting(FallbackKeys.STRATEGY).found();
        boolean used = settings.isTrue(FallbackKeys.ENABLED) && chain != null && chain.contains(Strategy.DEGRADED);
        String text = url.found();
        if (used && text != null && !text.isEmpty()) {
            URI to = URI.create(text);
            all.add(new Degraded(host, url, to));
            checkSecrecy(host, settings, url, to);
        }
    }

    /** Credentials that a request has under TLS must not leave it. */
    private void checkSecrecy(HostPattern host, Settings settings, Setting<String> url, URI to) {
        // Another port may be of either scheme: there it is decided request by request.
        boolean fromTls = host.port() == 0 || host.port() == 443;
        if (!fromTls || !"http".equalsIgnoreCase(to.getScheme()) || HostPattern.isLoopback(to.getHost())) {
            return;
        }
        Key<?> key = forwarding(settings);
        if (key != null) {
            problems.error(
                    url.later(settings.setting(key)),
                    "with " + key.name()
                            + ", credentials of https requests would be sent over http; allowed: an https URL, one"
                            + " of this machine, or a host pattern with the port of plain http, such as"
                            + " \"api.example.com:80\"");
        }
    }

    /** The first key that lets credentials go along, or null. */
    private static @Nullable Key<?> forwarding(Settings settings) {
        if (settings.isTrue(FallbackKeys.DEGRADED_FORWARD_CREDENTIALS)) {
            return FallbackKeys.DEGRADED_FORWARD_CREDENTIALS;
        }
        if (settings.isTrue(FallbackKeys.DEGRADED_FORWARD_QUERY)) {
            return FallbackKeys.DEGRADED_FORWARD_QUERY;
        }
        List<String> names =
                settings.setting(FallbackKeys.DEGRADED_FORWARD_HEADERS).found();
        return names != null && names.stream().anyMatch(DegradedPolicy::isCredential)
                ? FallbackKeys.DEGRADED_FORWARD_HEADERS
                : null;
    }

    /** Looks at all of them, when all hosts are known. */
    void report() {
        if (all.isEmpty()) {
            return;
        }
        PolicyTable<HostPattern> hosts = new PolicyTable<>(patterns);
        Map<HostPattern, Degraded> byHost = new HashMap<>();
        for (Degraded one : all) {
            byHost.putIfAbsent(one.from(), one);
        }
        for (Degraded one : all) {
            HostPattern target = hosts.find(HostPattern.canonicalHost(one.to().getHost()), port(one.to()));
            // What is found by a pattern for many hosts is another one of them.
            if (target != null && target.kind() == Kind.EXACT) {
                check(one, target, byHost.get(target));
            }
        }
    }

    private void check(Degraded one, HostPattern target, @Nullable Degraded other) {
        if (isItself(one, target)) {
            problems.error(
                    one.setting(),
                    "points to itself: a failed request would be sent to the same place; allowed: another host or "
                            + "port, or "
                            + "another"
                            + " path");
        } else if (other != null && leadsTo(other, one.from())) {
            problems.warn(
                    one.setting(),
                    "points at " + one.setting().shown(target) + ", which in line "
                            + other.setting().line()
                            + " points back here: each gets the load of both when the other fails");
        }
    }

    private static boolean isItself(Degraded one, HostPattern target) {
        String path = one.to().getRawPath();
        // Another path on the same host is another place, and so may another port be.
        return one.from().equals(target)
                && (target.port() != 0 || port(one.to()) == standardPort(one.to()))
                && (path == null || path.isEmpty() || path.equals("/"));
    }

    private static boolean leadsTo(Degraded one, HostPattern host) {
        return host.kind() == Kind.EXACT
                && !one.from().equals(host)
                && HostPattern.canonicalHost(one.to().getHost()).equals(host.host())
                && (host.port() == 0 || host.port() == port(one.to()));
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : standardPort(url);
    }

    private static int standardPort(URI url) {
        return url.getScheme().toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
    }
}
