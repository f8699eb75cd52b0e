package com.example.compat;

/** The texts in SOAP. */
public final class Soap {
    /** A question, without its envelope. */
    public static final String QUESTION = "<q:question xmlns:q='urn:q'>6 x 7</q:question>";

    private Soap() {}
}
