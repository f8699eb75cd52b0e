package com.example.shop;

import java.net.URI;
import java.util.concurrent.ExecutionException;

/**
 * One thing that the program does with the service.
 *
 * @param title how it is done, for the report
 * @param script how the service will misbehave, see {@link FlakyService}
 * @param action does it
 */
record Call(String title, String script, Action action) {

    /** Talks to the service as an ordinary program does: no loop around it, no second try. */
    @FunctionalInterface
    interface Action {
        /**
         * Does it.
         *
         * @return what came back
         * @throws Exception what the client threw
         */
        Answer perform(URI uri) throws Exception;
    }

    /**
     * The response.
     *
     * @param status the status
     * @param text the body, as far as this way of calling hands it out
     */
    record Answer(int status, String text) {}

    /** Does it, and says in a few words what the program saw. */
    String report(URI service, int number) {
        try {
            Answer response = action.perform(service.resolve("/" + script + "/" + number));
            return response.status()
                    + (response.status() == 200 && !complete(response.text()) ? " BUT WRONG BODY" : "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } catch (Exception e) {
            return innermost(e).getClass().getSimpleName();
        }
    }

    private static boolean complete(String text) {
        return text.startsWith("received ") && text.endsWith("thank you\n");
    }

    private static Throwable innermost(Throwable error) {
        Throwable cause = error;
        while (cause instanceof ExecutionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
