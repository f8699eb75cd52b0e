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
import org.jspecify.annotations.Nullable;

/**
 * One {@code HttpClient.send}, on the caller's thread.
 *
 * @param <T> the application's body type
 */
final class SyncCall<T> implements BlockingDriver.Attempt {
    private final JdkCall<T> call;
    private final Defects defects;
    private @Nullable HttpResponse<T> response;
    private @Nullable Throwable error;
    private @Nullable Throwable errorBefore;

    SyncCall(
            Engine engine,
            Target target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> handler,
            Defects defects) {
        this.call = new JdkCall<>(engine, target, client, request, handler, defects);
        this.defects = defects;
    }

    /** The response that the application gets, or null: nothing was sent, run the original. */
    @Nullable
    HttpResponse<T> run() throws IOException, InterruptedException {
        try {
            BlockingDriver.run(call.engine, call.session, this);
        } catch (RuntimeException | LinkageError e) {
            defects.report("a call ends with the outcome it has", e);
            if (response == null && error == null) {
                if (call.session.attempts() <= 1) {
                    return null;
                }
                throw new IOException("Holdfast could not carry out a retry; the answer before it was discarded", e);
            }
        }
        Throwable last = error;
        if (last == null) {
            return response;
        }
        if (errorBefore != null && Clients.isTerminated(call.client)) {
            // Closed during a backoff: what the application would have seen without the retry.
            last = errorBefore;
        }
        throw SyncCall.<RuntimeException>sneaky(call.session.finalError(last));
    }

    @Override
    public Step send(Step.Send send) throws InterruptedException {
        HttpRequest request = call.requestOf(send);
        AttemptHandler<T> handler = new AttemptHandler<>(call);
        errorBefore = error;
        response = null;
        error = null;
        try {
            HttpResponse<T> answer = call.client.send(request, handler);
            Step decided = handler.decision();
            if (decided == null) {
                decided = call.after(new JdkCall.Head(answer.statusCode(), answer.headers()));
            }
            response = decided instanceof Step.Deliver ? answer : null;
            return decided;
        } catch (InterruptedException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            error = e;
            return call.afterError(handler, e);
        }
    }

    /** What the client threw goes on as it is, whatever its type. */
    // The cast is not checked, which is the point: the exception passes untouched.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable error) throws E {
        throw (E) error;
    }
}
