#include "cli/pages.h"

#include "cli/options.h"

namespace journey::cli {

void AddPageOptions(CLI::App& command, PageOptions& options) {
  command.add_flag("--all", options.all, "Every page");
  AddCountOption(command, "--page-size", options.page_size,
                 "At most so many a page");
  command.add_option("--page-token", options.page_token, "Go on from there")
      ->type_name("TOKEN");
}

void PrintMore(const Invocation& invocation, const std::string& next_token) {
  if (next_token.empty()) return;
  invocation.err() << "There is more: --all, or --page-token " << next_token
                   << "\n";
}

void PrintNone(const Invocation& invocation, absl::string_view what,
               const std::string& next_token) {
  invocation.out() << "No " << what
                   << (next_token.empty() ? ".\n" : " on this page.\n");
}

}  // namespace journey::cli
