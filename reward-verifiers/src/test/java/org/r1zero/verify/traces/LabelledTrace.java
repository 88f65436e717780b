package org.r1zero.verify.traces;

/**
 * A trace of which is known what it is like.
 *
 * @param id unique
 * @param kind what it was made as, for tables
 * @param text the completion
 * @param language the wanted language, ISO 639-1
 * @param consistent whether all of its prose is in that language
 * @param rambling whether it repeats itself or doubts without end
 */
public record LabelledTrace(
    String id, String kind, String text, String language, boolean consistent, boolean rambling) {}
