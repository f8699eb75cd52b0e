package dev.holdfast.client.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
    private final OpenCalls openCalls = new OpenCalls();
    private final OkHttpClient client = new OkHttpClient();
    private final Stage stage = new Stage();
    private final Call program = client.newCall(request().build());

    @Test
    void an_attempt_that_never_began_is_forgotten() {
        linkOneThatWaits();

        assertForgotten();
    }

    @Test
    void an_attempt_is_forgotten_to_which_the_programs_own_objects_lead() {
        linkOneOfWhichTheProgramHasTheResponse();

        assertForgotten();
    }

    @Test
    void an_attempt_that_has_begun_keeps_nothing_of_its_wait() {
        List<String> begun = new ArrayList<>();
        stage.onStart(() -> begun.add("begun"));

        stage.start();
        stage.start();

        assertThat(begun).hasSize(1);
    }

    @Test
    void an_attempt_whose_call_somebody_has_belongs_to_the_programs() {
        Call carrier = carrier(program, new Stage());
        System.gc();

        assertThat(openCalls.hasAttempts()).isTrue();
        assertThat(openCalls.programs(carrier)).isSameAs(program);
        openCalls.cancelled(carrier);
        assertThat(program.isCanceled()).isTrue();
    }

    @Test
    void an_attempt_that_the_policy_ends_leaves_the_programs_call() {
        Call carrier = carrier(program, stage);
        stage.giveUp();

        openCalls.cancelled(carrier);

        assertThat(program.isCanceled()).isFalse();
    }

    private void linkOneThatWaits() {
        Stage waiting = new Stage();
        Call carrier = carrier(program, waiting);
        waiting.onStart(carrier::cancel);
    }

    private void linkOneOfWhichTheProgramHasTheResponse() {
        AtomicReference<Call> kept = new AtomicReference<>();
        kept.set(carrier(client.newCall(request().tag(kept).build()), new Stage()));
    }

    private Call carrier(Call of, Stage at) {
        Call carrier =
                new AttemptCalls(of, client, null, true, System.nanoTime()).make(of.request(), at, new CallEnd());
        openCalls.link(of, carrier, at);
        return carrier;
    }

    private void assertForgotten() {
        Awaitility.await().until(() -> {
            System.gc();
            return !openCalls.hasAttempts();
        });
    }

    private static Request.Builder request() {
        return new Request.Builder().url("http://shop.example/stock");
    }
}
