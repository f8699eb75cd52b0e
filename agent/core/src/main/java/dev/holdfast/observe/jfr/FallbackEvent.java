package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A fallback answered. */
@Name("dev.holdfast.Fallback")
@Label("Fallback")
@Description("A fallback strategy answered a call")
@Category("Holdfast")
@StackTrace(false)
final class FallbackEvent extends CallEvent {
    @Label("Strategy")
    @Nullable
    String strategy;

    @Label("Reason")
    @Nullable
    String reason;
}
