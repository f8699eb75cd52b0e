package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.DegradedPolicy;
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

    /** What a host or one of its routes says. */
    private record Degraded(HostPattern from, Setting setting, URI to) {}

    /** Takes note of a host, or of a route of it. */
    void add(HostPattern host, Settings settings) {
        patterns.put(host, host);
        String path = "retry.fallback.";
        Setting url = settings.get(path + "degraded.url");
        boolean used = settings.isTrue(path + "enabled")
                && settings.get(path + "strategy").found() instanceof List<?> chain
                && chain.contains("degraded");
        if (used && url.found() instanceof String text && !text.isEmpty()) {
            URI to = URI.create(text);
            all.add(new Degraded(host, url, to));
            checkSecrecy(host, settings, url, to);
        }
    }

    /** Credentials that a request has under TLS must not leave it. */
    private void checkSecrecy(HostPattern host, Settings settings, Setting url, URI to) {
        // Another port may be of either scheme: there it is decided request by request.
        boolean fromTls = host.port() == 0 || host.port() == 443;
        if (!fromTls || !"http".equalsIgnoreCase(to.getScheme()) || HostPattern.isLoopback(to.getHost())) {
            return;
        }
        String path = "retry.fallback.degraded.";
        for (String key : new String[] {"forward_credentials", "forward_query", "forward_headers"}) {
            Setting setting = settings.get(path + key);
            if (Boolean.TRUE.equals(setting.found())
                    || (setting.found() instanceof List<?> names
                            && names.stream().anyMatch(name -> DegradedPolicy.isCredential((String) name)))) {
                Setting at = url.later(setting);
                problems.error(
                        at.line(),
                        at.column(),
                        at.path(),
                        "with " + key
                                + ", credentials of https requests would be sent over http; allowed: an https URL, one"
                                + " of this machine, or a host pattern with the port of plain http, such as"
                                + " \"api.example.com:80\"");
                return;
            }
        }
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
        Setting at = one.setting();
        if (isItself(one, target)) {
            problems.error(
                    at.line(),
                    at.column(),
                    at.path(),
                    "points at itself: a request would be sent where it failed; allowed: another host or port, or another"
                            + " path");
        } else if (other != null && leadsTo(other, one.from())) {
            problems.warn(
                    at.line(),
                    at.column(),
                    at.path(),
                    "points at " + target + ", which in line " + other.setting().line()
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
