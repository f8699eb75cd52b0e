package dev.holdfast.client.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Engine;
import dev.holdfast.call.FakeTime;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.policy.Policies;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

class OkHttpTransportTest {
    private final Engine engine =
            new FakeTime().engine(Policies.retry().policy(), new PolicyTargets(new Observer() {}));
    private final OpenCalls openCalls = new OpenCalls();
    private final OkHttpClient client = new OkHttpClient();
    private final Call call = client.newCall(
            new Request.Builder().url("http://shop.example/stock").build());
    private final OkHttpTransport transport = transport();
    private final List<String> heard = new ArrayList<>();

    @Test
    void a_call_under_way_hears_that_it_is_cancelled() {
        transport.onCancel(() -> heard.add("cancelled"));

        openCalls.cancelled(call);

        assertThat(heard).containsExactly("cancelled");
    }

    /** The call may end on another thread before the one that began it asks for the signal. */
    @Test
    void a_call_that_has_ended_is_not_kept_for_what_asks_later() {
        transport.release();
        transport.onCancel(() -> heard.add("cancelled"));

        openCalls.cancelled(call);

        assertThat(heard).isEmpty();
    }

    private OkHttpTransport transport() {
        PolicyTarget target = Objects.requireNonNull(engine.target("http", "shop.example", 80));
        Interceptor.Chain chain = (Interceptor.Chain) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Interceptor.Chain.class},
                (self, method, arguments) -> call.request());
        return new OkHttpTransport(
                engine,
                target,
                call,
                client,
                chain,
                null,
                System.nanoTime(),
                true,
                false,
                openCalls,
                new FallbackStrategies((what, why) -> {}));
    }
}
