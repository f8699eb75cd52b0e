package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Timer;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Opens connections as the woven JDK does: through the hook, under one policy for every host. */
final class WovenConnections {
    final List<String> defects = new CopyOnWriteArrayList<>();
    /** The engine that its calls run on. */
    final Engine engine;

    private final PolicyTargets targets;
    private final HttpUrlConnectionHook hook;

    WovenConnections(Policy policy) {
        this(policy, Observer.NONE);
    }

    WovenConnections(Policy policy, Observer observer) {
        targets = new PolicyTargets(observer);
        engine = new Engine(new PolicyTable<>(Map.of(HostPattern.parse("*"), policy)), targets, new Timer());
        hook = new HttpUrlConnectionHook(new AdapterContext(
                () -> engine,
                new FallbackStrategies((what, why) -> {}),
                (what, cause) -> defects.add(what + ": " + cause)));
    }

    /** Returns the permits of {@code max_concurrent} that are held, of all origins. */
    int permitsTaken() {
        return targets.all().stream()
                .map(PolicyTarget::concurrency)
                .flatMap(Stream::ofNullable)
                .mapToInt(ConcurrencyLimit::taken)
                .sum();
    }

    HttpURLConnection open(URI uri) throws IOException {
        URL url = uri.toURL();
        return (HttpURLConnection) hook.opened(url.openConnection(), url, null);
    }

    HttpURLConnection open(URI uri, Proxy proxy) throws IOException {
        URL url = uri.toURL();
        return (HttpURLConnection) hook.opened(url.openConnection(proxy), url, proxy);
    }
}
