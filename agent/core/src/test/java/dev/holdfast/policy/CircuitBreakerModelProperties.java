package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.CircuitBreaker.Permit;
import dev.holdfast.policy.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The breaker against a slow and obvious model of it: the same calls, ending in any order, give the same states. */
class CircuitBreakerModelProperties {

    /** The next event. */
    record Event(Kind kind, int which, long nanos) {
        enum Kind {
            CALL,
            SUCCESS,
            FAILURE,
            IGNORED,
            TIME,
            HINT
        }
    }

    /** A call under way, in the breaker and in the model. */
    private record UnderWay(Permit permit, Model.Ticket ticket, long began) {}

    @Property(tries = 3000)
    void doesWhatTheModelDoes(
            @ForAll("policies") BreakerPolicy policy, @ForAll("events") List<Event> events, @ForAll long start) {
        Random random = new Random(0); // no jitter and no ramp here: nothing asks for it
        CircuitBreaker breaker = new CircuitBreaker(policy, BreakerListener.NONE);
        Model model = new Model(policy);
        List<UnderWay> calls = new ArrayList<>();
        long now = start / 2;

        for (Event event : events) {
            if (event.kind() == Event.Kind.TIME) {
                now += event.nanos();
            } else if (event.kind() == Event.Kind.CALL) {
                now++; // no two leases end at once: which of them goes first is nobody's promise
                Permit permit = breaker.tryAcquire(now, random);
                Model.Ticket ticket = model.acquire(now);
                assertThat(permit != null).as("admitted").isEqualTo(ticket != null);
                if (permit != null) {
                    calls.add(new UnderWay(permit, ticket, now));
                }
            } else if (event.kind() == Event.Kind.HINT) {
                assertThat(breaker.hint(now)).as("taken into account").isEqualTo(model.hint(now));
            } else if (!calls.isEmpty()) {
                UnderWay call = calls.remove(event.which() % calls.size());
                long took = now - call.began();
                switch (event.kind()) {
                    case SUCCESS -> breaker.onSuccess(call.permit(), took, now, random);
                    case FAILURE -> breaker.onFailure(call.permit(), took, now, random);
                    default -> breaker.onIgnored(call.permit());
                }
                model.ended(call.ticket(), event.kind(), took, now);
            }
            assertThat(breaker.state()).isEqualTo(model.state);
            assertThat(breaker.openBecause() == CircuitBreaker.Reason.AFTER_HINT)
                    .as("opened after a hint")
                    .isEqualTo(model.state == State.OPEN && model.afterHint);
            assertThat(breaker.nanosToProbe(now)).isEqualTo(model.nanosToProbe(now));
        }
    }

    @Provide
    Arbitrary<BreakerPolicy> policies() {
        Arbitrary<Breakers> kinds = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 7).map(Breakers::consecutive),
                Combinators.combine(
                                Arbitraries.of(0.2, 0.5, 1.0),
                                Arbitraries.integers().between(1, 8),
                                Arbitraries.integers().between(0, 8))
                        .as(Breakers::rate),
                Combinators.combine(
                                Arbitraries.of(0.2, 0.5, 1.0),
                                Arbitraries.integers().between(0, 6))
                        .as((rate, minimum) -> Breakers.rate(rate, Duration.ofSeconds(20), minimum)));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(10, 30),
                        Arbitraries.of(true, false))
                .as((kind, successes, probes, open, slow) -> {
                    Breakers breakers = kind.successes(successes)
                            .probes(probes, Duration.ofSeconds(8))
                            .open(Duration.ofSeconds(open), Duration.ofSeconds(30));
                    BreakerPolicy plain = breakers.build();
                    return slow && plain.usesWindow()
                            ? breakers.slow(Duration.ofSeconds(4), 0.5).build()
                            : plain;
                });
    }

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                net.jqwik.api.Tuple.of(6, Event.Kind.CALL),
                                net.jqwik.api.Tuple.of(3, Event.Kind.SUCCESS),
                                net.jqwik.api.Tuple.of(4, Event.Kind.FAILURE),
                                net.jqwik.api.Tuple.of(1, Event.Kind.IGNORED),
                                net.jqwik.api.Tuple.of(3, Event.Kind.TIME),
                                net.jqwik.api.Tuple.of(1, Event.Kind.HINT)),
                        Arbitraries.integers().between(0, 50),
                        Arbitraries.longs().between(0, 12_000_000_000L))
                .as(Event::new)
                .list()
                .ofMaxSize(120);
    }

    /** The rules, written down once more with lists and no thought of speed. */
    private static final class Model {
        record Ticket(int generation, boolean probe) {}

        private record Result(boolean failure, boolean slow, long at) {}

        private record Lease(Ticket ticket, long until) {}

        private final BreakerPolicy policy;
        State state = State.CLOSED;
        private int generation;
        private int consecutiveFailures;
        private int good;
        private long openUntil;
        private long openFor;
        private boolean hinted;
        private long hintedAt;
        boolean afterHint;
        private final List<Result> results = new ArrayList<>();
        private final List<Lease> leases = new ArrayList<>();

        Model(BreakerPolicy policy) {
            this.policy = policy;
        }

        Ticket acquire(long now) {
            if (state == State.OPEN) {
                if (now - openUntil < 0) {
                    return null;
                }
                state = State.HALF_OPEN;
                generation++;
                good = 0;
                leases.clear();
            }
            if (state == State.CLOSED) {
                return new Ticket(generation, false);
            }
            if (leases.size() >= policy.probes()) {
                Lease expired = leases.stream()
                        .filter(lease -> now - lease.until() >= 0)
                        .findFirst()
                        .orElse(null);
                if (expired == null) {
                    return null;
                }
                leases.remove(expired);
            }
            Ticket ticket = new Ticket(generation, true);
            leases.add(new Lease(ticket, now + policy.probeLeaseNanos()));
            return ticket;
        }

        boolean hint(long now) {
            if (state == State.CLOSED) {
                hinted = true;
                hintedAt = now;
            }
            return state == State.CLOSED;
        }

        void ended(Ticket ticket, Event.Kind kind, long took, long now) {
            if (ticket.generation() != generation) {
                return;
            }
            boolean failure = kind == Event.Kind.FAILURE;
            boolean slow = policy.slowNanos() > 0 && took >= policy.slowNanos();
            if (ticket.probe()) {
                boolean held = leases.removeIf(lease -> lease.ticket() == ticket);
                if (!held || kind == Event.Kind.IGNORED) {
                    return;
                }
                if (failure || slow) {
                    afterHint = false;
                    open(Math.min(policy.maxOpenNanos(), openFor * 2), now);
                } else if (++good == policy.successThreshold()) {
                    state = State.CLOSED;
                    generation++;
                    consecutiveFailures = 0;
                    results.clear();
                }
                return;
            }
            if (kind == Event.Kind.IGNORED) {
                return;
            }
            consecutiveFailures = failure ? consecutiveFailures + 1 : 0;
            results.add(new Result(failure, slow, now));
            boolean bad = failure || (slow && policy.slowRate() > 0);
            boolean byItself = mustOpen(policy.failureThreshold(), policy.minimumCalls(), now);
            if (byItself
                    || (bad
                            && hinted
                            && now - hintedAt < 10_000_000_000L
                            && mustOpen(halved(policy.failureThreshold()), halved(policy.minimumCalls()), now))) {
                afterHint = !byItself;
                open(policy.openNanos(), now);
            }
        }

        private static int halved(int number) {
            return number < 3 ? number : Math.max(2, (number + 1) / 2);
        }

        private boolean mustOpen(int failuresInRow, int minimumCalls, long now) {
            if (failuresInRow > 0) {
                return consecutiveFailures >= failuresInRow;
            }
            List<Result> window = policy.windowCalls() > 0
                    ? results.subList(Math.max(0, results.size() - policy.windowCalls()), results.size())
                    : results.stream()
                            .filter(r -> bucket(now) - bucket(r.at()) < 10)
                            .toList();
            long failures = window.stream().filter(Result::failure).count();
            long slow = window.stream().filter(Result::slow).count();
            if (window.size() < minimumCalls || failures + slow == 0) {
                return false;
            }
            return failures >= policy.failureRate() * window.size()
                    || (policy.slowNanos() > 0 && slow >= policy.slowRate() * window.size());
        }

        /** A window of time moves on by tenths of its length. */
        private long bucket(long time) {
            return Math.floorDiv(time, policy.windowNanos() / 10);
        }

        private void open(long lasting, long now) {
            state = State.OPEN;
            generation++;
            hinted = false;
            openFor = lasting;
            openUntil = now + lasting;
        }

        long nanosToProbe(long now) {
            return state == State.OPEN ? Math.max(0, openUntil - now) : 0;
        }
    }
}
