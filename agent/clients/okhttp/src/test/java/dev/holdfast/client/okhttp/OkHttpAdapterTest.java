package dev.holdfast.client.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Engine;
import dev.holdfast.call.FakeTime;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.policy.Policies;
import java.lang.reflect.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** The lists of interceptors that the library puts a call together from. */
class OkHttpAdapterTest {
    private final Engine engine =
            new FakeTime().engine(Policies.retry().policy(), new PolicyTargets(new Observer() {}));
    private final OkHttpAdapter adapter = new OkHttpAdapter(
            new AdapterContext(() -> engine, new FallbackStrategies((what, why) -> {}), (consequence, defect) -> {
                throw new IllegalStateException(consequence, defect);
            }));
    private final OkHttpClient client = new OkHttpClient();
    private final List<Interceptor> programs = List.of(chain -> chain.proceed(chain.request()));

    @Test
    void a_call_has_one_of_ours_behind_the_programs_in_both_lists() {
        Call call = client.newCall(request().build());

        assertThat(list(OkHttpInstrumentation.INTERCEPTORS, call))
                .hasSize(2)
                .startsWith(programs.get(0))
                .last()
                .isInstanceOf(PolicyInterceptor.class);
        assertThat(list(OkHttpInstrumentation.NETWORK_INTERCEPTORS, call))
                .hasSize(2)
                .startsWith(programs.get(0))
                .last()
                .isInstanceOf(Stage.class);
        assertThat(list(OkHttpInstrumentation.NETWORK_INTERCEPTORS, call))
                .as("nothing of it is kept")
                .isSameAs(programs);
    }

    @Test
    void a_call_has_none_of_ours_in_its_network_interceptors_once_the_library_tells_of_requests() throws Exception {
        Call call = client.newCall(request().build());
        Response unused = new Stage(call).proceed(chain(call, () -> tell(call)), call.request());

        assertThat(list(OkHttpInstrumentation.INTERCEPTORS, call)).hasSize(2);
        assertThat(list(OkHttpInstrumentation.NETWORK_INTERCEPTORS, call)).isSameAs(programs);
    }

    private void tell(Call call) {
        Interceptor.Chain chain = chain(call, () -> {});
        assertThat(adapter.result(OkHttpInstrumentation.REACHED, chain, this, null))
                .isSameAs(chain);
    }

    private Interceptor.Chain chain(Call call, Runnable proceeding) {
        return (Interceptor.Chain) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Interceptor.Chain.class}, (self, method, arguments) -> {
                    if (method.getName().equals("proceed")) {
                        proceeding.run();
                        return null;
                    }
                    return method.getName().equals("call") ? call : call.request();
                });
    }

    /**
     * The library asks for the network interceptors of no web socket, and an interceptor of the program's above ours
     * may keep the call to itself: nobody would forget it.
     */
    @Test
    void nothing_is_kept_of_a_web_socket() {
        Call call = client.newCall(request().header("Upgrade", "websocket").build());

        assertThat(list(OkHttpInstrumentation.INTERCEPTORS, call)).hasSize(2);

        assertThat(list(OkHttpInstrumentation.NETWORK_INTERCEPTORS, call)).isSameAs(programs);
    }

    private Object result(int joinPoint, Call call) {
        return adapter.result(joinPoint, programs, call, client);
    }

    @SuppressWarnings("unchecked") // as the library's own
    private List<Object> list(int joinPoint, Call call) {
        return (List<Object>) result(joinPoint, call);
    }

    private static Request.Builder request() {
        return new Request.Builder().url("http://shop.example/stock");
    }
}
