// Completion scripts for shells, made from the command tree.
#ifndef CLI_COMPLETION_H_
#define CLI_COMPLETION_H_

#include <CLI/App.hpp>
#include <string>

namespace journey::cli {

// To be sourced by bash 4 or newer.
[[nodiscard]] std::string BashCompletion(const CLI::App& root);

// To be sourced by zsh, or to be put into its $fpath as `_journeyctl`.
[[nodiscard]] std::string ZshCompletion(const CLI::App& root);

}  // namespace journey::cli

#endif  // CLI_COMPLETION_H_
