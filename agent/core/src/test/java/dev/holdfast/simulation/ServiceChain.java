package dev.holdfast.simulation;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.policy.ResponseView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Services in a row in simulated time, each a JVM of its own under one configuration: what one is asked, it asks the
 * next, and it answers with the status that it got. The last one asks the origin. The product's own engines and
 * sessions decide.
 */
final class ServiceChain {
    private static final long MILLISECOND = 1_000_000L;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final List<Engine> layers = new ArrayList<>();
    private final LongPredicate works;
    private final Random random;
    private long now;
    private long numbers;
    private int requests;

    /**
     * A chain that was not asked yet.
     *
     * @param toml the configuration of each service
     * @param services how many are in a row
     * @param seed of the jitter
     * @param works whether the origin answers a request at a time, in nanoseconds, with 200, else with 503
     */
    ServiceChain(String toml, int services, long seed, LongPredicate works) {
        Map<HostPattern, Policy> policies = policies(toml);
        this.works = works;
        this.random = new Random(seed);
        for (int i = 0; i < services; i++) {
            layers.add(new Engine(
                    new PolicyTable<>(policies),
                    new PolicyTargets(Observer.NONE),
                    new Timer(),
                    () -> now,
                    () -> 0,
                    random));
        }
    }

    private static Map<HostPattern, Policy> policies(String toml) {
        try {
            return ConfigLoader.parse(toml, "chain.toml").policies();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Asks the first service at a time; its answer's status comes later. */
    void call(long at, IntConsumer answered) {
        at(at, () -> ask(0, answered));
    }

    /** Lets time pass until nothing is under way. */
    void run() {
        for (Event next = events.poll(); next != null; next = events.poll()) {
            now = next.at;
            next.action.run();
        }
    }

    /** Returns the number of requests that the origin got. */
    int requests() {
        return requests;
    }

    private void at(long time, Runnable action) {
        events.add(new Event(time, numbers++, action));
    }

    private void ask(int layer, IntConsumer answered) {
        if (layer == layers.size()) {
            requests++;
            answered.accept(works.test(now) ? 200 : 503);
            return;
        }
        Engine engine = layers.get(layer);
        PolicyTarget target = Objects.requireNonNull(engine.target("http", "layer" + layer, 80));
        Exchange exchange = new Exchange(engine.session(target, GET), layer, answered);
        exchange.go(exchange.session.begin(now));
    }

    /** One call of one service. */
    private final class Exchange {
        private final Session session;
        private final int layer;
        private final IntConsumer answered;
        private int status = 503;

        Exchange(Session session, int layer, IntConsumer answered) {
            this.session = session;
            this.layer = layer;
            this.answered = answered;
        }

        void go(Step step) {
            if (step instanceof Step.Send send) {
                at(
                        now + MILLISECOND,
                        () -> ask(layer + 1, given -> {
                            status = given;
                            go(session.after(send.attempt(), new Answer(given), now));
                        }));
            } else if (step instanceof Step.Wait wait) {
                at(now + wait.nanos(), () -> go(session.resume(now)));
            } else {
                answered.accept(step instanceof Step.Reject ? 503 : status);
            }
        }
    }

    private record Event(long at, long number, Runnable action) {}

    private record Answer(int status) implements Outcome.Response, ResponseView {
        @Override
        public @Nullable String header(String name) {
            return null;
        }
    }

    private static final CallInfo GET = new CallInfo() {
        @Override
        public Client client() {
            return Client.of("java.net.http");
        }

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public @Nullable String requestHeader(String name) {
            return null;
        }

        @Override
        public boolean bodyReplayable() {
            return true;
        }
    };
}
