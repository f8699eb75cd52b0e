package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.BlockingDriver;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Step;
import dev.holdfast.call.Target;
import dev.holdfast.weave.Defects;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One {@code HttpClient.send}, on the caller's thread.
 *
 * @param <T> the application's body type
 */
final class SyncCall<T> implements BlockingDriver.Attempt {
    private final JdkCall<T> call;
    private final Defects defects;
    private boolean sent;
    private @Nullable Ending<T> last;
    private @Nullable Ending<T> before;

    SyncCall(
            Engine engine,
            Target target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> handler,
            Defects defects) {
        this.call = new JdkCall<>(engine, target, client, request, handler, () -> false, defects);
        this.defects = defects;
    }

    /** The response that the application gets, or null: nothing was sent, run the original. */
    @Nullable
    HttpResponse<T> run() throws IOException, InterruptedException {
        Throwable defect = null;
        try {
            BlockingDriver.run(call.engine, call.session, this);
        } catch (RuntimeException | LinkageError e) {
            if (!sent) {
                defects.report("a call runs without its policy", e);
                return null;
            }
            defects.report("a call ends with the outcome it has", e);
            defect = e;
        }
        return deliver(defect);
    }

    @Override
    public Step send(Step.Send send) throws InterruptedException {
        HttpRequest request = call.requestOf(send);
        AttemptHandler<T> handler = new AttemptHandler<>(call, send);
        before = last;
        sent = true;
        try {
            HttpResponse<T> answer = call.client.send(request, handler);
            Step decided = handler.decision();
            if (decided == null) {
                decided = call.after(new JdkCall.Head(answer.statusCode(), answer.headers()));
            }
            last = ending(decided, handler, answer);
            return decided;
        } catch (InterruptedException e) {
            call.giveUp();
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            Ending<T> ending = Ending.of(e);
            last = ending;
            if (ending.refused()) {
                call.giveUp();
                return Step.Deliver.INSTANCE;
            }
            return call.afterError(handler, e);
        }
    }

    /** What an attempt gave that ended in a response. */
    static <T> Ending<T> ending(Step decided, AttemptHandler<T> handler, HttpResponse<T> answer) {
        if (decided instanceof Step.Deliver) {
            return Ending.of(answer);
        }
        Throwable lost = handler.lostBody();
        return lost != null ? Ending.of(lost) : Ending.of(handler.discarded(answer));
    }

    private HttpResponse<T> deliver(@Nullable Throwable defect) throws InterruptedException {
        Ending<T> ending = last;
        Ending<T> earlier = before;
        if (ending != null && earlier != null && ending.refused()) {
            HttpResponse<T> wanted = discardedBefore(earlier);
            if (wanted != null) {
                return wanted;
            }
            ending = earlier.error() != null ? earlier : ending;
        }
        HttpResponse<T> response = ending == null ? null : ending.response();
        if (response == null && ending != null && ending.discarded() != null) {
            response = discardedBefore(ending);
        }
        if (response != null) {
            return response;
        }
        Throwable error = ending == null ? null : ending.error();
        throw SyncCall.<RuntimeException>sneaky(error != null ? call.session.finalError(error) : lost(defect));
    }

    private @Nullable HttpResponse<T> discardedBefore(Ending<T> earlier) throws InterruptedException {
        Previous<T> discarded = earlier.discarded();
        CompletionStage<HttpResponse<T>> made = discarded == null ? null : discarded.through(call.application);
        try {
            return made == null ? null : made.toCompletableFuture().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw SyncCall.<RuntimeException>sneaky(
                    cause instanceof IOException ? cause : new IOException(cause.getMessage(), cause));
        }
    }

    /** What there is to say where an answer was discarded and no other came. */
    static IOException lost(@Nullable Throwable defect) {
        return new IOException("Holdfast could not carry out a retry; the answer before it was discarded", defect);
    }

    /** What the client threw goes on as it is, whatever its type. */
    // The cast is not checked, which is the point: the exception passes untouched.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable error) throws E {
        throw (E) error;
    }
}
