package dev.holdfast.observe;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import java.time.Duration;
import java.util.Set;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class OriginBeansTest {
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();

    @Test
    void a_bean_shows_the_seeds_statistics() throws JMException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE))
                .breaker(Breakers.consecutive(6).open(Duration.ofSeconds(60)).build())
                .budget(0.2, 10)
                .policy());
        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(200));
        observedCalls.call("shop.example", status(503), status(503), status(503), status(503));
        observedCalls.call("shop.example", status(503), status(503));
        new OriginBeans(server, observedCalls.status).update();

        OriginMXBean bean = JMX.newMXBeanProxy(
                server,
                new ObjectName("dev.holdfast:type=Origin,policy=\"\\*\",origin=\"http://shop.example:80\""),
                OriginMXBean.class);

        assertThat(bean.getPolicy()).isEqualTo("*");
        assertThat(bean.getOrigin()).isEqualTo("http://shop.example:80");
        assertThat(bean.getMode()).isEqualTo("enforce");
        assertThat(bean.getCalls()).isEqualTo(4);
        assertThat(bean.getTotalAttempts()).isEqualTo(1 + 2 + 4 + 2);
        assertThat(bean.getSuccessfulRetries()).isEqualTo(1);
        assertThat(bean.getFailedRetries()).isEqualTo(2);
        assertThat(bean.getSuccessRate()).isEqualTo(1 / 3.0);
        assertThat(bean.getRetriesUsedUp()).isEqualTo(1);
        assertThat(bean.getAverageDelaySeconds()).isEqualTo((1 + 1 + 2 + 4 + 1) / 5.0);
        // As the live page and the status have them: 10 ms, 1.02 s, 7.04 s; the fourth call has not ended.
        OriginStats.Durations calls =
                observedCalls.stats("http://shop.example:80").callDuration();
        assertThat(bean.getCallDurationP50Seconds())
                .isEqualTo(calls.quantile(0.5))
                .isBetween(1.0, 2.5);
        assertThat(bean.getCallDurationP95Seconds())
                .isEqualTo(calls.quantile(0.95))
                .isBetween(5.0, 10.0);
        assertThat(bean.getCallDurationP99Seconds())
                .isEqualTo(calls.quantile(0.99))
                .isBetween(5.0, 10.0);
        assertThat(bean.getCircuitBreakerTrips()).isEqualTo(1);
        assertThat(bean.getCircuitBreakerState()).isEqualTo("open");
        assertThat(bean.getFallbacks()).isZero();
        assertThat(bean.getRejections()).isZero();
        assertThat(bean.getInjectedFaults()).isZero();
        assertThat(bean.getBudgetBalance()).isPositive();
    }

    @Test
    void beans_come_and_go_with_origins_and_are_bounded() throws JMException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry().policy());
        OriginBeans beans = new OriginBeans(server, observedCalls.status);
        for (int i = 0; i < CounterRegistry.MAX_ORIGINS + 100; i++) {
            observedCalls.call("host" + i + ".example", status(200));
        }
        beans.update();
        assertThat(registered()).hasSize(CounterRegistry.MAX_ORIGINS + 1);

        observedCalls.status.reloaded("c0ffee000001", Set.of("shop.example"), Set.of("shop.example"));
        beans.update();
        assertThat(registered()).isEmpty();

        observedCalls.targets.retain(Set.of());
        observedCalls.call("again.example", status(200));
        beans.update();
        assertThat(registered())
                .singleElement()
                .satisfies(name -> assertThat(name.getKeyProperty("origin")).isEqualTo("\"http://again.example:80\""));
    }

    @Test
    void a_bean_that_is_asked_while_it_goes_says_nothing_wrong() throws JMException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry().policy());
        observedCalls.call("shop.example", status(200));
        new OriginBeans(server, observedCalls.status).update();
        observedCalls.status.reloaded("c0ffee000001", Set.of(), Set.of());

        assertThat(server.getAttribute(registered().iterator().next(), "Calls")).isEqualTo(0L);
    }

    private Set<ObjectName> registered() throws JMException {
        return server.queryNames(new ObjectName("dev.holdfast:type=Origin,*"), null);
    }
}
