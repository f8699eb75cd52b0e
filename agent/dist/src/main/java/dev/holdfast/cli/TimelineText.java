package dev.holdfast.cli;

import dev.holdfast.observe.DurationFormat;
import dev.holdfast.simulation.Timeline;

/** A timeline for a terminal. */
final class TimelineText {
    private TimelineText() {}

    static String of(Timeline timeline, String outcomes, String method) {
        StringBuilder text = new StringBuilder();
        ExplanationText.line(text, "");
        ExplanationText.line(text, "If the attempts meet " + outcomes + ":");
        for (Timeline.Call call : timeline.calls()) {
            if (timeline.calls().size() > 1) {
                ExplanationText.line(text, "Call " + call.number() + ":");
            }
            for (Timeline.Event event : call.events()) {
                String at = DurationFormat.text(event.atNanos());
                ExplanationText.line(text, " ".repeat(Math.max(0, 12 - at.length())) + at + "  " + event.text());
            }
            ExplanationText.line(text, " ".repeat(14) + summary(call));
            if (call.mostRequests() > call.attempts()) {
                ExplanationText.line(text, " ".repeat(14) + resends(call, method));
            }
        }
        return text.toString();
    }

    /** The JDK's own second sending (measured on 17 and 25), which lies below attempts. */
    private static String resends(Timeline.Call call, String method) {
        boolean both = method.equals("GET") || method.equals("HEAD");
        return "the server may see " + call.mostRequests() + " requests: "
                + (both
                        ? "the JDK's clients send once more by themselves before they report connection_reset"
                        : "HttpURLConnection sends a body that is not streamed once more before it reports "
                                + "connection_reset")
                + (method.equals("POST") ? ", unless -Dsun.net.http.retryPost=false" : "");
    }

    private static String summary(Timeline.Call call) {
        String range = call.shortestNanos() == call.longestNanos()
                ? ""
                : " (" + DurationFormat.text(call.shortestNanos()) + " to " + DurationFormat.text(call.longestNanos())
                        + " by jitter)";
        return call.attempts() + (call.attempts() == 1 ? " attempt" : " attempts")
                + " in " + DurationFormat.text(call.nanos())
                + range
                + (call.jitterDecides() ? "; with other jitter other things may happen, as a limit is near" : "");
    }
}
