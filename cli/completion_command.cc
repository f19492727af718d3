// `journeyctl completion`.
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

struct CompletionOptions {
  std::string shell;
  const CLI::App* root = nullptr;
};

absl::StatusOr<int> RunCompletion(const Invocation& invocation,
                                  const CompletionOptions& options) {
  if (options.shell == "bash") {
    invocation.out() << BashCompletion(*options.root);
  } else if (options.shell == "zsh") {
    invocation.out() << ZshCompletion(*options.root);
  } else {
    return UsageError("\"" + options.shell + "\" is none of: bash, zsh");
  }
  return kExitOk;
}

}  // namespace

void AddCompletionCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command =
      AddCommand(root, "completion", "Print a completion script for a shell",
                 "  source <(journeyctl completion bash)\n"
                 "  journeyctl completion zsh > ~/.zfunc/_journeyctl");
  auto options = std::make_shared<CompletionOptions>();
  options->root = &root;
  command->add_option("shell", options->shell, "Which shell")
      ->required()
      ->type_name("{bash,zsh}");
  OnRun(*command, invocation, options, RunCompletion);
}

}  // namespace journey::cli
