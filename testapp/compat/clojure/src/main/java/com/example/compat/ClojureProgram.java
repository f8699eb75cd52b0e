package com.example.compat;

import clojure.java.api.Clojure;
import clojure.lang.IFn;
import java.net.URI;
import java.util.Set;

/** Clojure without type hints: it looks for methods on the class that it meets, and calls those that it may. */
final class ClojureProgram {
    private static final IFn EVAL = Clojure.var("clojure.core", "eval");

    private ClojureProgram() {}

    public static void main(String[] arguments) {
        IFn call = function("""
                (fn [url method]
                  (let [c (.openConnection url)]
                    (.setRequestMethod c method)
                    (.setReadTimeout c 2000)
                    (let [status (.getResponseCode c)]
                      (com.example.compat.Reply. (int status)
                        (slurp (if (>= status 400) (.getErrorStream c) (.getInputStream c)))
                        (.getHeaderField c "X-Answer")))))""");
        IFn slurp = function("(fn [uri] (slurp (str uri)))");
        IFn seen = function("""
                (fn [uri]
                  (let [c (.openConnection (.toURL uri))]
                    (str (.getContentType c) " " (.getContentLength c) " " (instance? java.net.HttpURLConnection c))))""");
        Program.of(arguments, "Clojure", "clojure")
                .calls("by reflection", Set.of("GET", "DELETE"), request ->
                        (Reply) call.invoke(request.uri().toURL(), request.method()))
                .step("slurp", "get", "ok", slurp::invoke)
                .step(
                        "slurp",
                        "get-large",
                        "large",
                        uri -> String.valueOf(slurp.invoke(uri)).length())
                .step("slurp", "get-not-found", "status-404", slurp::invoke)
                .step("by reflection", "head", "ok", (URI uri) -> seen.invoke(uri));
    }

    private static IFn function(String source) {
        return (IFn) EVAL.invoke(Clojure.read(source));
    }
}
