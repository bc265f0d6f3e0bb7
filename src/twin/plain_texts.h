#pragma once

#include <string>

#include "config/node.h"
#include "twin/report.h"
#include "twin/thing_model.h"

namespace millrace::twin {

/// Gives titles and descriptions of a thing model, and of everything in it, the form that WoT
/// TD 1.1 §5.3.1.1 asks for: `title` is a text, `titles` are texts by language. A title may be
/// written as those of things and sites are, `{en: Flow, zh: 流量}`, and a number as a title is its
/// digits. Reports what is no text. Of what stays a placeholder nothing is known yet.
void make_texts_plain(config::Node& model, const Report& report);

/// The one that stands for all languages: the one without a language, else English, else the first.
std::string one_of(const Texts& texts);

}  // namespace millrace::twin
