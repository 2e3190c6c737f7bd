import { Component, type ReactNode } from "react";
import { Failure } from "./ui/States";

interface BoundaryProps {
  /** Where the user is: going elsewhere forgets the error. */
  place: string;
  children: ReactNode;
}

interface BoundaryState {
  error: unknown;
}

/** Keeps an error of one page inside that page: the frame stays, and **Retry** draws it again. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.place !== this.props.place && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <Failure what="This page" error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
