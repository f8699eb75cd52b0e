package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.observe.SnapshotJson;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.Route;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A value from outside the file is neither in the log nor on the status page, whatever calls bring there. */
class RuntimeSecretsProperties {
    @Property(tries = 300)
    void neitherLogNorStatusHoldsIt(
            @ForAll("keys") Key<?> key,
            @ForAll("forms") String form,
            @ForAll("secrets") String secret,
            @ForAll boolean host) {
        String value = form.replace("%%", "%").replace("%s", secret);
        Environment environment = new Environment(Map.of("SECRET", value), Map.of());
        for (String text : SecretsProperties.files(key, host)) {
            List<Policy> policies = new ArrayList<>();
            try {
                policies.addAll(ConfigLoader.parse(text, "t.toml", environment)
                        .policies()
                        .values());
            } catch (ConfigException e) {
                continue; // its messages are looked at elsewhere
            }
            for (Policy policy : List.copyOf(policies)) {
                policy.routes().stream().map(Route::policy).forEach(policies::add);
            }
            for (Policy policy : policies) {
                assertThat(said(policy).toLowerCase(Locale.ROOT)).as(text).doesNotContain(secret);
            }
        }
    }

    private static String said(Policy policy) {
        StringBuilder said = new StringBuilder();
        ObservedCalls calls = new ObservedCalls(policy);
        Log log = new Log(entry -> said.append(line(entry)), calls::now);
        log.level(Log.Level.DEBUG);
        calls.counterRegistry.add(log);
        Outcome refused = new Outcome.Failure(new ConnectException(), ErrorKind.CONNECTION_REFUSED, true);
        for (int i = 0; i < 3; i++) {
            calls.call("shop.example", ObservedCalls.status(503), refused, ObservedCalls.status(200));
            calls.call("shop.example", refused, refused, refused, refused, refused);
        }
        Session session = calls.call("shop.example", refused, refused, refused, refused, refused);
        session.fellBack(FallbackPolicy.Strategy.DEFAULT_VALUE, FallbackReason.RETRIES_USED_UP, calls.now());
        calls.pass(Duration.ofMinutes(1));
        log.tick(calls.targets::all);
        log.flush();
        return said.append(SnapshotJson.of(calls.status.get())).toString();
    }

    private static String line(LogEntry entry) {
        return entry.toString();
    }

    @Provide
    Arbitrary<Key<?>> keys() {
        return Arbitraries.of(Keys.all());
    }

    @Provide
    Arbitrary<String> forms() {
        return Arbitraries.of(SecretsProperties.FORMS);
    }

    @Provide
    Arbitrary<String> secrets() {
        return Arbitraries.strings().withChars("qxzjkw").ofMinLength(9).ofMaxLength(70);
    }
}
